/** What kubelet asks for: probes, and the hooks of a container's life that are HTTP requests. */
export const probeKinds = ['liveness', 'readiness', 'startup', 'postStart', 'preStop'] as const;
export type ProbeKind = (typeof probeKinds)[number];

/** As OSM's; hooks come in with liveness probes. iptables leaves them alone. */
export const probePorts: Readonly<Record<ProbeKind, number>> = { liveness: 15901, readiness: 15902, startup: 15903, postStart: 15901, preStop: 15901 };

const pathStems: Readonly<Record<ProbeKind, string>> = {
  liveness: '/osm-liveness-probe/',
  readiness: '/osm-readiness-probe/',
  startup: '/osm-startup-probe/',
  postStart: '/osm-post-start-hook/',
  preStop: '/osm-pre-stop-hook/',
};

export interface HttpTarget {
  readonly port: number;
  readonly path: string;
  /** The probe says by itself which Host it asks for. Otherwise that is the pod's address with this port, as kubelet has it. */
  readonly ownHost?: boolean;
}

/** How a container is asked. All go to the container's own port, on the pod's loopback address. */
export type ProbeHandler =
  | { readonly http: HttpTarget }
  /** The certificate isn't verified, as kubelet doesn't. */
  | { readonly https: HttpTarget }
  /** Whether the port takes a connection. */
  | { readonly tcp: { readonly port: number } }
  /** grpc.health.v1, in plaintext, as kubelet. */
  | { readonly grpc: { readonly port: number; readonly service?: string } };

/** A container's probe, as its pod has it before the sidecar joins. Ports are numbers: names are resolved by the caller. */
export type Probe = {
  readonly kind: ProbeKind;
  readonly container: string;
  /** Kubernetes' `timeoutSeconds`; default 1 for probes. A hook without one may take as long as it wants. */
  readonly timeoutSeconds?: number;
  /** Kubernetes' `periodSeconds`; default 10. */
  readonly periodSeconds?: number;
} & ProbeHandler;

/** Where kubelet must ask instead: HTTP, whatever the probe was before. */
export function probePath({ kind, container }: Pick<Probe, 'kind' | 'container'>): string {
  return pathStems[kind] + container;
}

/** Whether a probe is a hook, which nobody repeats. */
export function isHook({ kind }: Pick<Probe, 'kind'>): boolean {
  return kind === 'postStart' || kind === 'preStop';
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
