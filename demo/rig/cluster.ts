import { parseAllDocuments } from 'yaml';

/** A pod of the snapshot. */
export interface ClusterPod {
  /** `<namespace>/<name>` */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
  /** IPv4 or IPv6. */
  readonly addresses: readonly string[];
}

/** A port of a Service: where it is reached and what stands behind it. */
export interface ClusterServicePort {
  readonly namespace: string;
  readonly service: string;
  /** Empty: a headless Service. */
  readonly clusterIPs: readonly string[];
  readonly port: number;
  /** Of ready pods. */
  readonly endpoints: readonly { readonly address: string; readonly port: number }[];
}

/** What the machine must have for the snapshot to be true. */
export interface Cluster {
  readonly pods: readonly ClusterPod[];
  readonly ports: readonly ClusterServicePort[];
}

/** What is read of an object. */
export interface ClusterObject {
  readonly kind?: string;
  readonly items?: readonly ClusterObject[];
  readonly metadata?: { readonly name?: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
  readonly status?: { readonly podIP?: string; readonly podIPs?: readonly { readonly ip: string }[] };
  readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  readonly endpoints?: readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[] | null;
}

/** Reads Pods, Services and EndpointSlices out of YAML texts; skips everything else. The texts are ones that smic compiles, so they aren't checked again. */
export function readCluster(texts: readonly string[]): Cluster {
  return clusterOf(
    texts
      .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as ClusterObject | null))
      .flatMap((object) => (object === null ? [] : (object.items ?? [object]))),
  );
}

/** The same from objects. */
export function clusterOf(objects: readonly ClusterObject[]): Cluster {
  const slices = objects.filter(({ kind }) => kind === 'EndpointSlice');
  return {
    pods: objects.filter(({ kind }) => kind === 'Pod').map(podOf),
    ports: objects.filter(({ kind }) => kind === 'Service').flatMap((service) => portsOf(service, slices)),
  };
}

function podOf({ metadata, spec, status }: ClusterObject): ClusterPod {
  const namespace = metadata?.namespace ?? 'default';
  const name = metadata?.name ?? '';
  const first = status?.podIP === undefined ? [] : [status.podIP];
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    serviceAccount: spec?.serviceAccountName ?? 'default',
    addresses: [...new Set([...first, ...(status?.podIPs ?? []).map(({ ip }) => ip)])],
  };
}

function portsOf({ metadata, spec }: ClusterObject, slices: readonly ClusterObject[]): readonly ClusterServicePort[] {
  const namespace = metadata?.namespace ?? 'default';
  const service = metadata?.name ?? '';
  const own = slices.filter(
    (slice) => (slice.metadata?.namespace ?? 'default') === namespace && slice.metadata?.labels?.['kubernetes.io/service-name'] === service,
  );
  const addresses = spec?.clusterIPs ?? (spec?.clusterIP === undefined ? [] : [spec.clusterIP]);
  return (spec?.ports ?? []).map(({ name, port }) => ({
    namespace,
    service,
    clusterIPs: addresses.filter((address) => address !== 'None' && address !== ''),
    port,
    endpoints: own.flatMap((slice) => {
      const target = slice.ports?.find((candidate) => (candidate.name ?? '') === (name ?? ''))?.port;
      const ready = (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return target === undefined ? [] : ready.flatMap((endpoint) => endpoint.addresses.map((address) => ({ address, port: target })));
    }),
  }));
}
