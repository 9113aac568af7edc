import { quoted } from '../../compiler/load/words.ts';
import { type HttpTarget, isHook, type Probe, type ProbeKind } from '../../server/bootstrap/probe.ts';
import { sidecarPorts } from '../sidecar-contract.ts';
import type { Container, ContainerProbe, Handler, HttpGet } from './pod-object.ts';
import { Refusal } from './refusal.ts';

/**
 * What the sidecar must do in kubelet's place; undefined for what kubelet does without coming through the sidecar: it runs a
 * program in the container, or asks another host than the pod.
 * @throws Refusal for a port that the container doesn't have: kubelet would fail for ever
 */
export function readProbe(kind: ProbeKind, container: Container, probe: ContainerProbe): Probe | undefined {
  const { httpGet, tcpSocket, grpc, timeoutSeconds, periodSeconds } = probe;
  const common = {
    kind,
    container: container.name,
    // Kubernetes writes its defaults into what it stores, and reads 0 as them: the same probe must look the same before and after.
    ...(timeoutSeconds && timeoutSeconds !== 1 ? { timeoutSeconds } : {}),
    ...(periodSeconds && periodSeconds !== 10 ? { periodSeconds } : {}),
  };
  if (httpGet !== undefined) {
    if (httpGet.host) return undefined;
    const target = { port: portOf(httpGet.port, kind, container), ...pathOf(httpGet) };
    return httpGet.scheme?.toUpperCase() === 'HTTPS' ? { ...common, https: target } : { ...common, http: target };
  }
  if (tcpSocket !== undefined) {
    return tcpSocket.host ? undefined : { ...common, tcp: { port: portOf(tcpSocket.port, kind, container) } };
  }
  if (grpc === undefined) return undefined;
  return { ...common, grpc: { port: portOf(grpc.port, kind, container), ...(grpc.service ? { service: grpc.service } : {}) } };
}

/** A hook's request; undefined where it is none, or goes elsewhere. Kubernetes does TCP hooks no more. */
export function readHook(kind: 'postStart' | 'preStop', container: Container, { httpGet }: Handler): Probe | undefined {
  return httpGet === undefined ? undefined : readProbe(kind, container, { httpGet });
}

function pathOf({ path, httpHeaders = [] }: HttpGet): Omit<HttpTarget, 'port'> {
  const [asked = ''] = (path ?? '').split('#');
  const rooted = asked.startsWith('/') ? asked : `/${asked}`;
  return {
    path: rooted.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))),
    ...(httpHeaders.some(({ name }) => name.toLowerCase() === 'host') && { ownHost: true }),
  };
}

/** Source: Kubernetes looks for a name among the container's own ports, then for a number in it. */
function portOf(written: number | string, kind: ProbeKind, { name, ports = [] }: Container): number {
  const port = typeof written === 'number' ? written : (ports.find((declared) => declared.name === written)?.containerPort ?? decimal(written));
  const what = `${kind} ${isHook({ kind }) ? 'hook' : 'probe'}`;
  if (port === undefined) {
    throw new Refusal(`the ${what} of the container ${quoted(name)} asks for the port ${quoted(written)}, and the container has no port of that name`);
  }
  if (sidecarPorts.has(port)) {
    throw new Refusal(`the ${what} of the container ${quoted(name)} asks for the port ${port}, which is the sidecar's`);
  }
  return port;
}

function decimal(text: string): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text) ? Number(text) : undefined;
}
