import { type Probe, type ProbeKind, probePath, probePorts } from '../../server/bootstrap/probe.ts';
import type { Container, ContainerProbe, Handler, HttpGet } from './pod-object.ts';
import { readHook, readProbe } from './read-probe.ts';
import { Refusal } from './refusal.ts';

/** A container whose probes and hooks ask the sidecar, and what they asked before. */
export interface RewrittenContainer {
  readonly container: Container;
  readonly probes: readonly Probe[];
}

const probeFields = { liveness: 'livenessProbe', readiness: 'readinessProbe', startup: 'startupProbe' } as const;

/**
 * Lets the sidecar answer kubelet, which has no certificate of the mesh. Timeouts, periods, thresholds and headers stay.
 * @throws Refusal as `readProbe` does
 */
export function rewriteProbes(container: Container): RewrittenContainer {
  const probes: Probe[] = [];
  const take = (probe: Probe | undefined): Probe | undefined => {
    if (probe !== undefined) probes.push(probe);
    return probe;
  };
  let changed = container;
  for (const [kind, field] of Object.entries(probeFields) as [keyof typeof probeFields, (typeof probeFields)[keyof typeof probeFields]][]) {
    const written = container[field];
    if (written === undefined || written === null) continue;
    const probe = take(readProbe(kind, container, written));
    if (probe !== undefined) changed = { ...changed, [field]: asked(written, probe) };
  }
  for (const hook of ['postStart', 'preStop'] as const) {
    const written = container.lifecycle?.[hook];
    if (written === undefined || written === null) continue;
    const probe = take(readHook(hook, container, written));
    if (probe !== undefined) changed = { ...changed, lifecycle: { ...changed.lifecycle, [hook]: asked(written, probe) } };
  }
  return { container: changed, probes };
}

/**
 * The container as it was before `rewriteProbes`, but that ports are numbers. `probes`: what its sidecar was told, by path.
 * @throws Refusal where it asks the sidecar for something that the sidecar wasn't told of
 */
export function restoreProbes(container: Container, probes: ReadonlyMap<string, Probe>): Container {
  const original = (kind: ProbeKind, written: ContainerProbe | undefined): ContainerProbe | undefined => {
    const path = probePath({ kind, container: container.name });
    if (written?.httpGet?.port !== probePorts[kind] || written.httpGet.path !== path) return undefined;
    const probe = probes.get(path);
    if (probe === undefined) throw new Refusal(`the ${kind} of the container "${container.name}" asks a sidecar that knows nothing of it`);
    return answered(written, written.httpGet, probe);
  };
  let changed = container;
  for (const [kind, field] of Object.entries(probeFields) as [keyof typeof probeFields, (typeof probeFields)[keyof typeof probeFields]][]) {
    const probe = original(kind, container[field]);
    if (probe !== undefined) changed = { ...changed, [field]: probe };
  }
  for (const hook of ['postStart', 'preStop'] as const) {
    const handler = original(hook, container.lifecycle?.[hook]);
    if (handler !== undefined) changed = { ...changed, lifecycle: { ...changed.lifecycle, [hook]: handler } };
  }
  return changed;
}

function asked<Written extends Handler & { readonly grpc?: unknown }>(written: Written, probe: Probe): Omit<Written, 'tcpSocket' | 'grpc'> {
  const { httpGet, tcpSocket: _tcp, grpc: _grpc, ...rest } = written;
  const headers = httpGet?.httpHeaders === undefined ? {} : { httpHeaders: httpGet.httpHeaders };
  return { ...rest, httpGet: { path: probePath(probe), port: probePorts[probe.kind], scheme: 'HTTP', ...headers } } as Omit<Written, 'tcpSocket' | 'grpc'>;
}

function answered({ httpGet: _http, ...rest }: ContainerProbe, { httpHeaders }: HttpGet, probe: Probe): ContainerProbe {
  if ('tcp' in probe) return { ...rest, tcpSocket: { port: probe.tcp.port } };
  if ('grpc' in probe) return { ...rest, grpc: probe.grpc };
  const [target, scheme] = 'http' in probe ? [probe.http, 'HTTP'] : [probe.https, 'HTTPS'];
  return { ...rest, httpGet: { path: target.path, port: target.port, scheme, ...(httpHeaders && { httpHeaders }) } };
}
