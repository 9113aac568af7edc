import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import { createDecoder } from '../../compiler/decode/decoder.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { type ResourceDocument, type ResourcesDocument, resourcesDocument, findConfiguration } from '../../server/admin/resources-document.ts';
import { readArtifact } from '../../server/artifacts/read-artifact.ts';
import type { Configurations, ProxyConfiguration } from '../../server/configuration/configuration.ts';
import { configurationsOf, selectConfiguration } from '../../server/configuration/configurations.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import { fetchServer, fetchStatus } from '../status/fetch-status.ts';
import type { EnvoyDump } from './envoy-dump.ts';

/** A resource as smic serves it, in the proto3 JSON mapping. */
export interface ServedMessage {
  readonly type: ResourceType;
  readonly name: string;
  readonly message: unknown;
  readonly sources: readonly LoadedSource[];
}

/** What smic serves to a sidecar, but for its secrets. */
export interface ServedConfiguration {
  /** `<namespace>/<class>` */
  readonly proxy: string;
  /** Where this was read. */
  readonly from: string;
  readonly resources: readonly ServedMessage[];
  /** Endpoints aren't known before they are served. */
  readonly endpointsOpen: boolean;
}

/** Where it is looked up, and for which class; undefined: that of the sidecar. */
export interface ServedPlace {
  readonly artifact?: string;
  readonly server?: string;
  readonly proxy?: string;
}

const nameIt = 'Name its proxy class with --proxy NAMESPACE/CLASS.';

/** From the artifact or the server that is named; undefined: neither is. */
export async function servedBy({ artifact, server, proxy }: ServedPlace, dump: EnvoyDump): Promise<ServedConfiguration | undefined> {
  if (artifact !== undefined) {
    return servedByArtifact(artifact, proxy, dump);
  }
  return server === undefined ? undefined : servedByServer(server, proxy, dump);
}

/** From the artifact at a path. Throws a Failure where it can't be read, or has nothing for the sidecar. */
async function servedByArtifact(path: string, proxy: string | undefined, dump: EnvoyDump): Promise<ServedConfiguration> {
  try {
    const artifact = await readArtifact(path);
    const configurations = configurationsOf(artifact);
    const configuration = proxy === undefined ? ofSidecar(configurations, dump) : ofClass(configurations, proxy);
    return read(resourcesDocument(configuration), path, artifact.holes.includes('endpoints'));
  } catch (error) {
    if (error instanceof ArtifactError) {
      throw new Failure(`${path} is not an artifact: ${error.message}`);
    }
    throw isSystemError(error) ? new Failure(`cannot read ${path}: ${systemErrorWords(error)}`) : error;
  }
}

/** From a running server. Throws a Failure where it doesn't answer, or has nothing for the sidecar. */
export async function servedByServer(server: string, proxy: string | undefined, dump: EnvoyDump): Promise<ServedConfiguration> {
  const key = proxy ?? (await classOf(server, dump));
  const document = await fetchServer(server, `/resources?proxy=${encodeURIComponent(key)}`, isResources, `it has no proxy class ${key}`);
  return read(document, server, false);
}

async function classOf(server: string, { node }: EnvoyDump): Promise<string> {
  const { proxies } = await fetchStatus(server);
  const streams = proxies.filter((proxy) => proxy.node === node).sort((a, b) => b.connectedAt - a.connectedAt);
  const key = streams[0]?.proxyClass;
  if (key === undefined) {
    throw new Failure(streams.length === 0 ? `the sidecar ${node} is not connected to ${server}` : `${server} has nothing for the sidecar ${node}`, nameIt);
  }
  return key;
}

function ofSidecar(configurations: Configurations, { node, identity }: EnvoyDump): ProxyConfiguration {
  const found = identity === undefined ? undefined : selectConfiguration(configurations, identity, node);
  if (!found) {
    throw new Failure(`the artifact has nothing for the sidecar ${node} ${identity === undefined ? '(it has no certificate)' : `(${identity})`}`, nameIt);
  }
  return found;
}

function ofClass(configurations: Configurations, key: string): ProxyConfiguration {
  const found = findConfiguration(configurations, key);
  if (!found) {
    const near = suggest(key, new Set([...configurations.byIdentity.values()].flat().map((one) => one.key)));
    throw new Failure(`there is no proxy class ${key}`, near === undefined ? '' : `Did you mean ${near}?`);
  }
  return found;
}

function read({ proxy, resources }: ResourcesDocument, from: string, endpointsOpen: boolean): ServedConfiguration {
  const decoder = createDecoder();
  const decoded = (any: string): unknown => {
    const { '@type': _type, ...message } = decoder.decode('google.protobuf.Any', Buffer.from(any, 'base64')) as Readonly<Record<string, unknown>>;
    return message;
  };
  return { proxy, from, endpointsOpen, resources: resources.map(({ type, name, any, sources }: ResourceDocument) => ({ type, name, message: decoded(any), sources })) };
}

function isResources(value: unknown): value is ResourcesDocument {
  return typeof value === 'object' && value !== null && 'proxy' in value && 'resources' in value && Array.isArray(value.resources);
}
