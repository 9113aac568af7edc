/*
 * Kubernetes and SMI objects as plain data, with no more in them than the compiler needs. All are in the namespace "mesh".
 */

export const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh', labels: { 'openservicemesh.io/monitored-by': 'osm' } } };

const at = (name: string) => ({ name, namespace: 'mesh' });

export const permissiveMode = {
  apiVersion: 'config.openservicemesh.io/v1alpha2',
  kind: 'MeshConfig',
  metadata: { name: 'osm-mesh-config', namespace: 'osm-system' },
  spec: { traffic: { enablePermissiveTrafficPolicyMode: true } },
};

/** A Service that selects the pods which have its name as a label. */
export function service(name: string, index: number, ports: readonly { readonly port: number; readonly targetPort?: number; readonly protocol: string }[]): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: at(name),
    spec: {
      clusterIP: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
      selector: { [name]: 'yes' },
      ports: ports.map(({ port, targetPort = port, protocol }) => ({ name: `p${port}`, port, targetPort, appProtocol: protocol })),
    },
  };
}

/** A workload that runs under a service account of its own name, behind Services. */
export function workload(name: string, services: readonly string[]): object {
  const labels = Object.fromEntries(['app', ...services].map((key) => [key, 'yes']));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: at(name),
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: name, containers: [{ name, image: 'example.org/app' }] } },
    },
  };
}

export function routeGroup(name: string, matches: readonly object[]): object {
  return { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: at(name), spec: { matches } };
}

export function tcpRoute(name: string, ports: readonly number[]): object {
  return { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute', metadata: at(name), spec: { matches: { ports } } };
}

export interface Rule {
  readonly kind: string;
  readonly name: string;
  readonly matches?: readonly string[];
}

export function trafficTarget(name: string, destination: string, rules: readonly Rule[], sources: readonly string[], port?: number): object {
  return {
    apiVersion: `access.smi-spec.io/${port === undefined ? 'v1alpha3' : 'v1alpha2'}`,
    kind: 'TrafficTarget',
    metadata: at(name),
    spec: {
      destination: { kind: 'ServiceAccount', name: destination, ...(port !== undefined && { port }) },
      rules,
      sources: sources.map((source) => ({ kind: 'ServiceAccount', name: source })),
    },
  };
}

export function trafficSplit(name: string, apex: string, backends: Readonly<Record<string, number>>, groups: readonly string[] = []): object {
  return {
    apiVersion: 'split.smi-spec.io/v1alpha4',
    kind: 'TrafficSplit',
    metadata: at(name),
    spec: {
      service: apex,
      backends: Object.entries(backends).map(([backend, weight]) => ({ service: backend, weight })),
      ...(groups.length > 0 && { matches: groups.map((group) => ({ kind: 'HTTPRouteGroup', name: group })) }),
    },
  };
}
