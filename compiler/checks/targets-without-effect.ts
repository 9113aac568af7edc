import type { Path } from '../load/document.ts';
import type { MeshPort } from '../mesh/mesh.ts';
import { groupBy } from '../order.ts';
import { inScope } from '../mesh/port-scope.ts';
import { reportAt } from '../mesh/report-at.ts';
import { type Check, check } from './check.ts';

/** TrafficTargets, or rules of them, that open nothing. */
export const targetsWithoutEffect: Check = check(['services', 'targets'], ({ services, targets }, collector) => {
  const ports = groupBy(
    services.flatMap((service) => service.identities.flatMap((identity) => service.ports.map((port) => ({ identity, port })))),
    ({ identity }) => identity,
  );
  for (const target of targets) {
    const { meta } = target;
    if (target.sources.length === 0) {
      reportAt(collector, 'SMIC3113', meta, ['spec'], {
        message: `TrafficTarget "${meta.namespace}/${meta.name}" has no sources and so grants access to nobody`,
      });
    }
    const own = (ports.get(target.destination) ?? []).map(({ port }) => port);
    if (own.length === 0) continue;
    const within = own.filter((port) => target.scopes.every((scope) => inScope(scope, port)));
    if (target.http.length > 0 && !within.some((port) => port.layer === 'http')) {
      const [first] = target.http;
      reportAt(collector, 'SMIC3112', meta, ruleOf(first?.at ?? []), {
        message: `the HTTP rules of TrafficTarget "${meta.namespace}/${meta.name}" hold for no port: "${target.destination}" has no HTTP port among those that it opens`,
      });
    }
    const [tcp] = target.tcp;
    const named = (port: MeshPort): boolean => target.tcp.some(({ scope }) => scope.servicePorts !== undefined && inScope(scope, port));
    // A TCPRoute for all ports that opens a TCP port does what it is for.
    const opensTCP = within.some((port) => port.layer === 'tcp');
    const http = within.find((port) => port.layer === 'http' && (named(port) || !opensTCP));
    if (tcp && http && target.http.length === 0) {
      reportAt(collector, 'SMIC3111', meta, tcp.at, {
        message: `the TCPRoute of TrafficTarget "${meta.namespace}/${meta.name}" opens no request of port ${http.port} of "${http.service.key}", which speaks ${http.protocol}`,
      });
    }
  }
});

/** The path of the rule that a path leads into: up to its index. */
function ruleOf(path: Path): Path {
  return path.slice(0, path.findIndex((step) => typeof step === 'number') + 1);
}
