import type { SourceFile } from '../../compiler/index.ts';

/** A Service and the pods behind it, which share its name and have a service account of that name. */
export interface ServiceDescription {
  /** `<namespace>/<service>` */
  readonly name: string;
  readonly ports: readonly { readonly port: number; readonly targetPort?: number; readonly protocol?: string }[];
  /** Pods; default 1. */
  readonly replicas?: number;
  /** Without a cluster address; default false. */
  readonly headless?: boolean;
  /** The pods get no sidecar and are no part of the mesh; default false. */
  readonly outside?: boolean;
}

/**
 * The Kubernetes objects of these Services, with addresses given out in order. The pods of `<namespace>/<service>` are
 * `<namespace>/<service>-0`, `-1`, …
 * @param ipv6 pods and Services have an IPv6 address too
 */
export function describeCluster(services: readonly ServiceDescription[], ipv6 = false): SourceFile {
  const namespaces = new Map(services.map(({ name, outside }) => [namespaceOf(name), outside ?? false]));
  let pods = 0;
  const items = [...namespaces].map(([name, outside]) => namespace(name, outside));
  services.forEach((service, index) => {
    const own = Array.from({ length: service.replicas ?? 1 }, (_, replica) => {
      pods += 1;
      return { name: `${serviceOf(service.name)}-${replica}`, addresses: [`10.244.1.${pods}`, ...(ipv6 ? [`fd00:10:244::${pods.toString(16)}`] : [])] };
    });
    items.push(...objectsOf(service, own, [`10.96.0.${index + 1}`, ...(ipv6 ? [`fd00:10:96::${(index + 1).toString(16)}`] : [])]));
  });
  return { name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) };
}

interface PodDescription {
  readonly name: string;
  readonly addresses: readonly string[];
}

function namespaceOf(name: string): string {
  return name.split('/')[0] ?? '';
}

function serviceOf(name: string): string {
  return name.split('/')[1] ?? '';
}

function namespace(name: string, outside: boolean): object {
  const mesh = { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: { 'openservicemesh.io/sidecar-injection': 'enabled' } };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...(!outside && mesh) } };
}

function objectsOf({ name, ports, headless = false }: ServiceDescription, pods: readonly PodDescription[], clusterIPs: readonly string[]): readonly object[] {
  const service = serviceOf(name);
  const metadata = (own: string, more: object = {}): object => ({ name: own, namespace: namespaceOf(name), ...more });
  const app = { app: service };
  const families = clusterIPs.map((address) => (address.includes(':') ? 'IPv6' : 'IPv4'));
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(service) },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(service),
      spec: {
        type: 'ClusterIP',
        clusterIP: headless ? 'None' : clusterIPs[0],
        clusterIPs: headless ? ['None'] : clusterIPs,
        ipFamilies: families,
        selector: app,
        ports: ports.map(({ port, targetPort = port, protocol = 'http' }) => ({ name: `p${port}`, port, targetPort, protocol: 'TCP', appProtocol: protocol })),
      },
    },
    ...pods.map((pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(pod.name, { labels: app }),
      spec: {
        serviceAccountName: service,
        containers: [{ name: 'app', image: 'app', ports: ports.map(({ port, targetPort = port }) => ({ containerPort: targetPort })) }],
      },
      status: {
        phase: 'Running',
        podIP: pod.addresses[0],
        podIPs: pod.addresses.map((ip) => ({ ip })),
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })),
    ...families.map((addressType, family) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: metadata(`${service}-${addressType.toLowerCase()}`, { labels: { 'kubernetes.io/service-name': service } }),
      addressType,
      ports: ports.map(({ port, targetPort = port }) => ({ name: `p${port}`, port: targetPort, protocol: 'TCP' })),
      endpoints: pods.map((pod) => ({
        addresses: [pod.addresses[family]],
        conditions: { ready: true },
        targetRef: { kind: 'Pod', name: pod.name, namespace: namespaceOf(name) },
      })),
    })),
  ];
}
