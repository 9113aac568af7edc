import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { buildMesh } from '../../compiler/mesh/build-mesh.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import { defaultOptions } from '../../compiler/options.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import type { Installation } from '../operate/installation.ts';

/** What the compiler makes of a cluster's objects before it comes to Envoy, and the errors that it found. */
export function compileMesh(objects: readonly KubeObject[], { meshName, meshNamespace, trustDomain, clusterDomain }: Installation): { readonly mesh: Mesh; readonly errors: readonly Diagnostic[] } {
  const collector = createCollector();
  const options = { ...defaultOptions, meshName, meshNamespace, trustDomain, clusterDomain, allowEmpty: true };
  const documents = load([{ name: 'cluster', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }], collector);
  const mesh = buildMesh(readObjects(rawObjects(documents, collector), collector, options), options, collector);
  return { mesh, errors: collector.diagnostics.filter(({ level }) => level === 'error') };
}
