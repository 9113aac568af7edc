import type { NewObject } from '../../server/kubernetes/client/kube-object.ts';

/** A mesh as it stands in an API server: `namespaces` of twenty Services, each of an own service account with five pods. */
export interface ClusterObjects {
  readonly namespaces: readonly NewObject[];
  readonly accounts: readonly NewObject[];
  /** With their status, which is written separately. */
  readonly pods: readonly NewObject[];
  readonly services: readonly NewObject[];
  readonly slices: readonly NewObject[];
  readonly policies: readonly NewObject[];
}

const servicesPerNamespace = 20;
const podsPerService = 5;
/** The Services before it on the ring of the namespace may call it. */
const callers = 3;

export function clusterObjects(namespaces: number): ClusterObjects {
  const names = Array.from({ length: namespaces }, (_, index) => `shop-${index}`);
  const services = names.flatMap((namespace, space) => Array.from({ length: servicesPerNamespace }, (_, index) => ({ namespace, name: `s${index}`, index, space })));
  const podsOf = ({ namespace, name, index, space }: (typeof services)[number]): readonly { readonly namespace: string; readonly name: string; readonly ip: string }[] =>
    Array.from({ length: podsPerService }, (_, pod) => ({ namespace, name: `${name}-${pod}`, ip: `10.${128 + space}.${index}.${pod + 1}` }));
  return {
    namespaces: names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'openservicemesh.io/monitored-by': 'osm' } } })),
    accounts: services.map(({ namespace, name }) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } })),
    services: services.map(({ namespace, name }) => ({ apiVersion: 'v1', kind: 'Service', metadata: { namespace, name }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080, appProtocol: 'http' }] } })),
    pods: services.flatMap((service) =>
      podsOf(service).map(({ namespace, name, ip }) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace, name, labels: { app: service.name } },
        spec: { serviceAccountName: service.name, automountServiceAccountToken: false, containers: [{ name: 'app', image: 'example/app:1', ports: [{ name: 'web', containerPort: 8080 }], env: [{ name: 'MODE', value: 'production' }] }] },
        status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: 'True' }] },
      })),
    ),
    slices: services.map((service) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace: service.namespace, name: `${service.name}-x`, labels: { 'kubernetes.io/service-name': service.name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: podsOf(service).map(({ namespace, name, ip }) => ({ addresses: [ip], conditions: { ready: true }, targetRef: { kind: 'Pod', namespace, name } })),
    })),
    policies: [
      ...services.flatMap(({ namespace, name, index }) => [
        { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { namespace, name }, spec: { matches: [{ name: 'all', pathRegex: `/${name}/.*`, methods: ['GET'] }] } },
        {
          apiVersion: 'access.smi-spec.io/v1alpha3',
          kind: 'TrafficTarget',
          metadata: { namespace, name },
          spec: {
            destination: { kind: 'ServiceAccount', name, namespace },
            rules: [{ kind: 'HTTPRouteGroup', name, matches: ['all'] }],
            sources: Array.from({ length: callers }, (_, step) => ({ kind: 'ServiceAccount', name: `s${(index + servicesPerNamespace - step - 1) % servicesPerNamespace}`, namespace })),
          },
        },
      ]),
      ...names.map((namespace) => ({ apiVersion: 'split.smi-spec.io/v1alpha4', kind: 'TrafficSplit', metadata: { namespace, name: 'split' }, spec: { service: 's0', backends: [{ service: 's0', weight: 50 }, { service: 's1', weight: 50 }] } })),
    ],
  };
}

/** The service accounts whose sidecars have the split of a namespace in a route: those that may call `s0`. */
export const splitCallers: readonly string[] = Array.from({ length: callers }, (_, step) => `s${servicesPerNamespace - step - 1}`);
