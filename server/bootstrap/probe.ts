/** What kubelet asks for; each kind has a listener of its own. */
export const probeKinds = ['liveness', 'readiness', 'startup'] as const;
export type ProbeKind = (typeof probeKinds)[number];

/** As OSM's. iptables leaves them alone. */
export const probePorts: Readonly<Record<ProbeKind, number>> = { liveness: 15901, readiness: 15902, startup: 15903 };

/** How a container is asked. All go to the container's own port, on the pod's loopback address. */
export type ProbeHandler =
  | { readonly http: { readonly port: number; readonly path: string } }
  /** The certificate isn't verified, as kubelet doesn't. */
  | { readonly https: { readonly port: number; readonly path: string } }
  /** Whether the port takes a connection. */
  | { readonly tcp: { readonly port: number } }
  /** grpc.health.v1, in plaintext, as kubelet. */
  | { readonly grpc: { readonly port: number; readonly service?: string } };

/** A container's probe, as its pod has it before the sidecar joins. Ports are numbers: names are resolved by the caller. */
export type Probe = {
  readonly kind: ProbeKind;
  readonly container: string;
  /** Kubernetes' `timeoutSeconds`; default 1. */
  readonly timeoutSeconds?: number;
  /** Kubernetes' `periodSeconds`; default 10. */
  readonly periodSeconds?: number;
} & ProbeHandler;

/** Where kubelet must ask instead: HTTP, whatever the probe was before. */
export function probePath({ kind, container }: Pick<Probe, 'kind' | 'container'>): string {
  return `/osm-${kind}-probe/${container}`;
}

/** Throws a TypeError for what Kubernetes wouldn't take either, and for two probes of one kind in one container. */
export function checkProbes(probes: readonly Probe[]): void {
  const seen = new Set<string>();
  for (const probe of probes) {
    const name = `the ${probe.kind} probe of container ${JSON.stringify(probe.container)}`;
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(probe.container)) {
      throw new TypeError(`${name}: that is no name of a container`);
    }
    if (seen.has(probePath(probe))) {
      throw new TypeError(`${name} is given twice`);
    }
    seen.add(probePath(probe));
    const { port } = handlerOf(probe);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new TypeError(`${name}: ${port} is no port`);
    }
    for (const seconds of [probe.timeoutSeconds ?? 1, probe.periodSeconds ?? 1]) {
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 2_147_483_647) {
        throw new TypeError(`${name}: ${seconds} is no number of seconds`);
      }
    }
    const path = 'http' in probe ? probe.http.path : 'https' in probe ? probe.https.path : '/';
    if (!/^\/[\x21-\x7e]*$/.test(path)) {
      throw new TypeError(`${name}: its path ${JSON.stringify(path)} isn't one that a request can have`);
    }
  }
}

function handlerOf(probe: Probe): { readonly port: number } {
  if ('http' in probe) return probe.http;
  if ('https' in probe) return probe.https;
  return 'tcp' in probe ? probe.tcp : probe.grpc;
}
