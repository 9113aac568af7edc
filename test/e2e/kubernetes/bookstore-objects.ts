import { parseAllDocuments } from 'yaml';
import type { NewObject } from '../../../server/kubernetes/client/kube-object.ts';
import { fixture } from '../../mesh/start-test-mesh.ts';

/** Seconds that a pod goes on while the mesh learns that it is leaving, as Kubernetes recommends it for every server. */
const leaveSeconds = 3;

/** What a user applies to have the bookstore: Namespaces, ServiceAccounts, Services and Deployments of the fixture. Pods and EndpointSlices are the controllers' to make. */
export function bookstoreObjects(): readonly NewObject[] {
  return objectsOf('cluster.yaml')
    .filter(({ kind }) => kind !== 'Pod' && kind !== 'EndpointSlice')
    .map((object) => (object.kind === 'Deployment' ? leavingSlowly(object) : object));
}

/** Objects of one of the bookstore's files. */
export function objectsOf(file: string): readonly NewObject[] {
  return fixture('bookstore', [file]).flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as NewObject));
}

interface Template {
  readonly spec: { readonly containers: readonly object[] };
}

function leavingSlowly(deployment: NewObject): NewObject {
  const spec = deployment['spec'] as { readonly template: Template };
  const containers = spec.template.spec.containers.map((container) => ({ ...container, lifecycle: { preStop: { sleep: { seconds: leaveSeconds } } } }));
  return { ...deployment, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } } };
}
