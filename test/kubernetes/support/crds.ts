import type { NewObject } from '../../../server/kubernetes/client/kube-object.ts';

/** A CustomResourceDefinition that takes any fields: for tests that are about watching, not about schemas. */
export function openCrd(group: string, kind: string, versions: readonly string[], scope: 'Namespaced' | 'Cluster' = 'Namespaced'): NewObject {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope,
      names: { kind, plural: `${singular}s`, singular, listKind: `${kind}List` },
      versions: versions.map((name, index) => ({
        name,
        served: true,
        storage: index === 0,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      })),
    },
  };
}

/** SMI's, and OSM's MeshConfig. */
export const meshCrds: readonly NewObject[] = [
  openCrd('access.smi-spec.io', 'TrafficTarget', ['v1alpha3']),
  openCrd('specs.smi-spec.io', 'HTTPRouteGroup', ['v1alpha4']),
  openCrd('specs.smi-spec.io', 'TCPRoute', ['v1alpha4']),
  openCrd('split.smi-spec.io', 'TrafficSplit', ['v1alpha4', 'v1alpha2']),
  openCrd('config.openservicemesh.io', 'MeshConfig', ['v1alpha2']),
];
