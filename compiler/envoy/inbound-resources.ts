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
  const { mesh: { settings }, tls, rules, managers, pool } = parts;
  const made: InboundParts = { settings, tls, rules, managers };
  const resources = new Set<Resource>();
  const chains: Built<FilterChain>[] = [];
  for (const { port, targetPort, key } of served(workloads)) {
    const { identity } = workloads;
    const inputs = [settings, port, targetPort, parts.targetsOf(identity)];
    const chainName = `inbound_${key.replace('|', '_')}_${port.protocol}`;
    const name = `rds-inbound.${key}`;
    const chain = pool.chain(`${chainName} ${targetPort} ${identity}`, inputs, () =>
      port.layer === 'tcp' ? inboundTcpChain(port, targetPort, chainName, identity, made) : inboundHttpChain(port, targetPort, chainName, name, made),
    );
    if (!chain) continue;
    chains.push(chain);
    if (port.layer === 'http') {
      resources.add(pool.resource('route', `${name} ${targetPort} ${identity}`, inputs, () => ({ name, ...inboundRoutes(name, port, targetPort, rules.http(port, identity), settings) })));
    }
    const local = localCluster(port, targetPort);
    resources.add(pool.resource('cluster', local, [port.service, targetPort], () => ({ name: local, ...localApplicationCluster(port, targetPort) })));
  }
  if (chains.length === 0) return [];
  chains.sort((a, b) => compareText(a.message.name ?? '', b.message.name ?? ''));
  const listener = pool.resource('listener', `inbound ${workloads.namespace}/${workloads.name}`, [settings, ...chains], () => ({
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
