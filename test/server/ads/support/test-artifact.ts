import type { ResourceType } from '../../../../compiler/artifact/artifact.ts';
import { resourceTypes } from '../../../../compiler/artifact/artifact.ts';
import type { LoadedArtifact, LoadedResource } from '../../../../compiler/artifact/loaded-artifact.ts';
import { messageNames } from '../../../../compiler/artifact/resource.ts';
import { resourceFiles } from '../../../../compiler/artifact/resource-files.ts';
import { sha256 } from '../../../../compiler/artifact/sha256.ts';
import { createEncoder } from '../../../../compiler/encode/encoder.ts';

/** By type: name → the message without its name. */
export type Messages = Partial<Readonly<Record<ResourceType, Readonly<Record<string, object>>>>>;

export interface TestClass {
  /** `<namespace>/<class>` */
  readonly key: string;
  readonly identity: string;
  readonly pods?: readonly string[];
  readonly resources: Messages;
  readonly sets?: readonly string[];
}

/** An artifact of such classes. */
export function testArtifact(classes: readonly TestClass[], more: { readonly sets?: Readonly<Record<string, Messages>>; readonly holes?: LoadedArtifact['holes'] } = {}): LoadedArtifact {
  return {
    mesh: { name: 'osm', trustDomain: 'cluster.local', mode: 'policy', certificateSeconds: 86_400 },
    inputs: {},
    holes: more.holes ?? ['workload-certificate', 'trust-bundle'],
    classes: classes.map(({ key, identity, pods = [], resources, sets = [] }) => {
      const [namespace = '', name = ''] = key.split('/');
      return { namespace, serviceAccount: identity.split('/').at(-1) ?? '', name, identity, services: [], pods, sets, resources: loaded(resources) };
    }),
    sets: Object.entries(more.sets ?? {}).map(([name, resources]) => ({ name, resources: loaded(resources) })),
  };
}

/** Resources as they are loaded. Each says that it stands in `<type>s.yaml`, in the line of its number among its type, from 1. */
function loaded(messages: Messages): readonly LoadedResource[] {
  const encoder = createEncoder();
  return resourceTypes.flatMap((type) =>
    Object.entries(messages[type] ?? {}).map(([name, message], index): LoadedResource => {
      const key = resourceFiles.find((one) => one.type === type)?.key ?? 'name';
      const bytes = encoder.encode(messageNames[type], { [key]: name, ...message });
      return { type, name, bytes, digest: sha256(bytes), sources: [{ pointer: '', object: `Test/${name}`, file: `${type}s.yaml`, line: index + 1 }] };
    }),
  );
}

/** A static cluster; `seconds` tells versions apart. */
export const cluster = (seconds = 1): object => ({ connect_timeout: `${seconds}s` });
/** Endpoints at a port of loopback. */
export const endpoints = (port: number): object => ({
  endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } }] }],
});
/** A route configuration that sends everything to one cluster. */
export const route = (to: string): object => ({ virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '/' }, route: { cluster: to } }] }] });
/** A listener; `prefix` tells versions apart. */
export const listener = (prefix = 'a'): object => ({ stat_prefix: prefix });
