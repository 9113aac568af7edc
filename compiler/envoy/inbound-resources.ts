import type { Resource } from '../artifact/artifact.ts';
import type { MeshPort, WorkloadClass } from '../mesh/mesh.ts';
import { compareText } from '../order.ts';
import type { Built } from './built.ts';
import type { FilterChain } from './generated/api.ts';
import { type InboundParts, inboundHttpChain, inboundTcpChain } from './inbound-chain.ts';
import { inbound } from './inbound-listener.ts';
import { inboundRoutes } from './inbound-route.ts';
import { localApplicationCluster } from './local-cluster.ts';
import { inboundListener, localCluster } from './names.ts';
import type { Parts } from './parts.ts';

/** A Service port and one of the ports on which the class's pods listen for it. */
interface Served {
  readonly port: MeshPort;
  readonly targetPort: number;
  /** `<namespace>/<service>|<port>`, and `~<target port>` where the pods of the class don't agree on it. */
  readonly key: string;
}

/** What the sidecars of a class need for the connections that others open to their applications. */
export function inboundResources(workloads: WorkloadClass, parts: Parts): readonly Resource[] {
  const { settings } = parts.mesh;
  const made: InboundParts = { settings, tls: parts.tls, rules: parts.rules, managers: parts.managers };
  const resources = new Set<Resource>();
  const chains: Built<FilterChain>[] = [];
  for (const { port, targetPort, key } of served(workloads)) {
    const chainName = `inbound_${key.replace('|', '_')}_${port.protocol}`;
    if (port.layer === 'tcp') {
      const chain = inboundTcpChain(port, targetPort, chainName, workloads.identity, made);
      if (!chain) continue;
      chains.push(chain);
    } else {
      const name = `rds-inbound.${key}`;
      chains.push(inboundHttpChain(port, targetPort, chainName, name, made));
      const routes = parts.resource('route', `${name} ${workloads.identity} ${targetPort}`, () => ({
        name,
        ...inboundRoutes(name, port, targetPort, parts.rules.http(port, workloads.identity), settings),
      }));
      resources.add(routes);
    }
    const local = localCluster(port, targetPort);
    resources.add(parts.resource('cluster', local, () => ({ name: local, ...localApplicationCluster(port, targetPort) })));
  }
  if (chains.length === 0) return [];
  chains.sort((a, b) => compareText(a.message.name ?? '', b.message.name ?? ''));
  const listener = parts.resource('listener', `inbound ${workloads.namespace}/${workloads.name}`, () => ({
    name: inboundListener,
    ...inbound(chains, settings),
  }));
  return [listener, ...resources];
}

function served(workloads: WorkloadClass): readonly Served[] {
  return workloads.services.flatMap((service) =>
    service.ports.flatMap((port) => {
      const targetPorts = [...new Set(workloads.workloads.flatMap((workload) => port.targetPortOf.get(workload) ?? []))];
      return targetPorts
        .sort((a, b) => a - b)
        .map((targetPort) => ({
          port,
          targetPort,
          key: targetPorts.length > 1 ? `${port.key}~${targetPort}` : port.key,
        }));
    }),
  );
}
