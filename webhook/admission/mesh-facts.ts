import { meshConfigInForce } from '../../compiler/mesh/settings.ts';
import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import { noText } from '../../compiler/load/document.ts';
import { createMemory } from '../../compiler/memory.ts';
import { defaultOptions } from '../../compiler/options.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';
import type { SidecarConfig } from '../../compiler/resources/objects.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { objectKey } from './object-key.ts';

/** What injection depends on besides the pod. */
export interface MeshFacts {
  /** Objects of other kinds are passed over. */
  set(object: KubeObject): void;
  delete(object: KubeObject): void;
  /** Undefined: not known (yet). */
  namespace(name: string): NamespaceFacts | undefined;
  /** Of the MeshConfig in force; while that one is broken, of the last that wasn't. */
  config(): SidecarConfig | undefined;
}

export function meshFacts(mesh: { readonly meshName: string; readonly meshNamespace: string }): MeshFacts {
  const namespaces = new Map<string, NamespaceFacts>();
  const configs = new Map<string, KubeObject>();
  let config: SidecarConfig | undefined;
  const reread = (): void => {
    const options = { ...defaultOptions, ...mesh, isolate: true };
    const memory = createMemory();
    const raw = [...configs].map(([key, value]) => ({ origin: noText, apiVersion: value.apiVersion, kind: value.kind, value, key }));
    const inForce = meshConfigInForce(readObjects([{ key: 'MeshConfigs', objects: raw }], memory, options), options, memory);
    if (inForce) {
      config = inForce.config?.sidecarConfig;
    }
  };
  return {
    set(object) {
      if (object.kind === 'Namespace') namespaces.set(object.metadata.name, namespaceFacts(object));
      if (object.kind === 'MeshConfig') {
        configs.set(objectKey(object), object);
        reread();
      }
    },
    delete(object) {
      if (object.kind === 'Namespace') namespaces.delete(object.metadata.name);
      if (object.kind === 'MeshConfig') {
        configs.delete(objectKey(object));
        reread();
      }
    },
    namespace: (name) => namespaces.get(name),
    config: () => config,
  };
}

export function namespaceFacts({ metadata: { name, labels = {}, annotations = {} } }: KubeObject): NamespaceFacts {
  return { name, described: { labels, annotations } };
}
