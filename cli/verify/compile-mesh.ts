import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { createMemory } from '../../compiler/memory.ts';
import { buildMesh } from '../../compiler/mesh/build-mesh.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import { defaultOptions } from '../../compiler/options.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import type { Installation } from '../operate/installation.ts';

/** What the compiler makes of a cluster's objects before it comes to Envoy, and the errors that it found. */
export function compileMesh(objects: readonly KubeObject[], { meshName, meshNamespace, trustDomain, clusterDomain }: Installation): { readonly mesh: Mesh; readonly errors: readonly Diagnostic[] } {
  const memory = createMemory();
  const options = { ...defaultOptions, meshName, meshNamespace, trustDomain, clusterDomain, allowEmpty: true, isolate: false };
  const documents = load([{ name: 'cluster', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }], memory);
  const mesh = buildMesh(readObjects([{ key: 'cluster', objects: rawObjects(documents, memory) }], memory, options), options, memory);
  return { mesh, errors: memory.diagnostics.filter(({ level }) => level === 'error') };
}
