import { renameSync, writeFileSync } from 'node:fs';
import type { Artifact, Resource } from '../../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../../compiler/artifact/bundle.ts';
import { createResource } from '../../../compiler/artifact/resource.ts';
import { createEncoder } from '../../../compiler/encode/encoder.ts';
import type { Cluster, RouteAction, RouteConfiguration } from '../../../compiler/envoy/generated/api.ts';
import { compile, type SourceFile } from '../../../compiler/index.ts';

/** Gives a resource's message as it shall be; the same one where nothing is to be changed. */
export type Edit = (resource: Resource) => object;

/** Compiles, and changes what `edit` changes. */
export function editedArtifact(files: readonly SourceFile[], edit: Edit): Artifact {
  const { artifact, diagnostics } = compile(files);
  if (artifact === undefined) {
    throw new Error(JSON.stringify(diagnostics));
  }
  const encoder = createEncoder();
  const edited = (resource: Resource): Resource => {
    const message = edit(resource);
    return message === resource.message ? resource : createResource(encoder, resource.type, resource.name, message, resource.sources);
  };
  return { ...artifact, classes: artifact.classes.map((one) => ({ ...one, resources: one.resources.map(edited) })) };
}

/** Puts an artifact, or whatever it is, at a path as one file, by rename. */
export function place(path: string, content: Artifact | Uint8Array): void {
  writeFileSync(`${path}.new`, content instanceof Uint8Array ? content : encodeBundle(content));
  renameSync(`${path}.new`, path);
}

const httpOptions = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * Requests to a Service port go out on a connection of their own each, with a handshake of its own, and are tried once. On kept
 * connections nobody shakes hands again, and what is tried again hides what failed: faults of a rotation don't show there.
 * @param port `<namespace>/<service>|<port>`
 */
export function freshConnections(port: string): Edit {
  return ({ type, name, message }) => {
    if (type === 'cluster' && name === port) {
      const cluster = message as Cluster;
      const options = cluster.typed_extension_protocol_options?.[httpOptions];
      return { ...cluster, typed_extension_protocol_options: { [httpOptions]: { ...options, common_http_protocol_options: { max_requests_per_connection: 1 } } } };
    }
    if (type === 'route' && name === `rds-outbound.${port}`) {
      const configuration = message as RouteConfiguration;
      return {
        ...configuration,
        virtual_hosts: configuration.virtual_hosts?.map((host) => ({
          ...host,
          routes: host.routes?.map((route) => ({ ...route, route: withoutRetries(route.route) })),
        })),
      };
    }
    return message;
  };
}

function withoutRetries(action: RouteAction = {}): RouteAction {
  const { retry_policy: _, ...rest } = action;
  return rest;
}
