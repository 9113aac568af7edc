import type { Request } from './sidecar.ts';

/*
 * Who may call what, in the words of the specification (smi-spec traffic-access v1alpha3, traffic-specs v1alpha4) and
 * nothing more: no Envoy, no YAML. What the compiler makes of a mesh must allow exactly this.
 */

export interface ModelPort {
  readonly port: number;
  readonly targetPort: number;
  readonly protocol: 'http' | 'tcp';
}

export interface ModelMatch {
  readonly name: string;
  readonly pathRegex?: string;
  readonly methods?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ModelRule {
  readonly kind: 'HTTPRouteGroup' | 'TCPRoute' | 'UDPRoute';
  readonly name: string;
  readonly matches?: readonly string[];
}

export interface ModelTarget {
  readonly destination: string;
  readonly port?: number;
  readonly rules: readonly ModelRule[];
  readonly sources: readonly string[];
}

export interface ModelMesh {
  /** Ports, and the identities of the pods behind them, by the Service's name. */
  readonly services: Readonly<Record<string, { readonly ports: readonly ModelPort[]; readonly identities: readonly string[] }>>;
  readonly groups: Readonly<Record<string, readonly ModelMatch[]>>;
  readonly tcpRoutes: Readonly<Record<string, readonly number[]>>;
  readonly targets: readonly ModelTarget[];
}

/** Whether `client` may send `request` (HTTP), or open a connection (TCP), to a Service's port at a pod of `server`. */
export function mayCall(mesh: ModelMesh, client: string, server: string, port: ModelPort, request: Request): boolean {
  return mesh.targets.some((target) => {
    if (target.destination !== server || !target.sources.includes(client)) return false;
    const named = (number: number): boolean => isNamed(mesh, server, number, port);
    if (target.port !== undefined && !named(target.port)) return false;
    // A TCPRoute without ports is for all ports; several TCPRoutes add up; what they are for limits the HTTP rules too.
    const tcp = target.rules.filter(({ kind }) => kind === 'TCPRoute').map(({ name }) => mesh.tcpRoutes[name] ?? []);
    const tcpAllows = tcp.some((ports) => ports.length === 0 || ports.some(named));
    if (port.protocol === 'tcp') return tcpAllows;
    if (tcp.length > 0 && !tcpAllows) return false;
    return target.rules.some(({ kind, name, matches }) => {
      if (kind !== 'HTTPRouteGroup') return false;
      const granted = (mesh.groups[name] ?? []).filter((match) => matches === undefined || matches.includes(match.name));
      return granted.some((match) => fits(match, request));
    });
  });
}

/** A number means a Service's port; only where no Service of the server has it, the port on which its pods listen. */
function isNamed(mesh: ModelMesh, server: string, number: number, port: ModelPort): boolean {
  const own = Object.values(mesh.services).filter(({ identities }) => identities.includes(server));
  const isServicePort = own.some(({ ports }) => ports.some((candidate) => candidate.port === number));
  return isServicePort ? port.port === number : port.targetPort === number;
}

function fits({ pathRegex, methods, headers }: ModelMatch, request: Request): boolean {
  const whole = (regex: string, text: string | undefined): boolean => text !== undefined && new RegExp(`^(?:${regex})$`).test(text);
  return (
    (pathRegex === undefined || whole(pathRegex, request.path)) &&
    (methods === undefined || methods.length === 0 || methods.includes('*') || methods.includes(request.method)) &&
    Object.entries(headers ?? {}).every(([name, regex]) => whole(regex, request.headers[name]))
  );
}
