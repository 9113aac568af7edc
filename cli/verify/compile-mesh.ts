import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { noText, type RawObject } from '../../compiler/load/document.ts';
import { createMemory } from '../../compiler/memory.ts';
import { buildMesh } from '../../compiler/mesh/build-mesh.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import { defaultOptions } from '../../compiler/options.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import type { Installation } from '../operate/installation.ts';

/** What the compiler makes of a cluster's objects before it comes to Envoy, broken ones isolated as smic serve --live does it, and the errors that it found. */
export function compileMesh(objects: readonly KubeObject[], { meshName, meshNamespace, trustDomain, clusterDomain }: Installation): { readonly mesh: Mesh; readonly errors: readonly Diagnostic[] } {
  const memory = createMemory();
  const options = { ...defaultOptions, meshName, meshNamespace, trustDomain, clusterDomain, complete: true, allowEmpty: true, isolate: true };
  memory.begin();
  const mesh = buildMesh(readObjects([{ key: 'cluster', objects: objects.map(rawObject) }], memory, options), options, memory);
  memory.end();
  return { mesh, errors: memory.diagnostics.filter(({ level }) => level === 'error') };
}

function rawObject(object: KubeObject): RawObject {
  const { apiVersion, kind, metadata } = object;
  return { origin: noText, apiVersion, kind, value: object as object as RawObject['value'], key: `${kind}/${metadata.namespace ?? ''}/${metadata.name} ${apiVersion}` };
}
