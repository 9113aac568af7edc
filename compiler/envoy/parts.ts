import type { Memory } from '../memory.ts';
import type { Identity, Mesh, Target } from '../mesh/mesh.ts';
import { groupBy } from '../order.ts';
import { type HttpConnectionManagers, httpConnectionManagers } from './http-connection-manager.ts';
import { type OutboundEnds, outboundEnds } from './outbound-listener.ts';
import { type AccessRules, accessRules } from './rbac.ts';
import { createResourcePool, type ResourcePool } from './resource-pool.ts';
import { type MeshTls, meshTls } from './tls.ts';

/** What all resources of a mesh are made with, and the resources that were made. */
export interface Parts {
  readonly mesh: Mesh;
  /** These three depend on the mesh's settings alone. */
  readonly tls: MeshTls;
  readonly managers: HttpConnectionManagers;
  readonly ends: OutboundEnds;
  readonly rules: AccessRules;
  /** The TrafficTargets of a destination, sorted by namespace and name. */
  readonly targetsOf: (destination: Identity) => readonly Target[];
  readonly pool: ResourcePool;
}

export function parts(mesh: Mesh, memory: Memory): Parts {
  const { settings, targets } = mesh;
  const targetsOf = memory.keep('targets', [targets], (inner) => targetsByDestination(targets, inner));
  const ofSettings = memory.keep('settings', [settings], () => {
    const managers = httpConnectionManagers(settings);
    return { tls: meshTls(settings), managers, ends: outboundEnds(managers) };
  });
  return {
    mesh,
    ...ofSettings,
    rules: accessRules(settings, targetsOf),
    targetsOf,
    pool: memory.keep('pool', [], createResourcePool),
  };
}

function targetsByDestination(targets: readonly Target[], memory: Memory): Parts['targetsOf'] {
  const groups = groupBy(targets, (target) => target.destination);
  const lists = new Map([...groups].map(([destination, own]) => [destination, memory.same(destination, own)]));
  return (destination) => lists.get(destination) ?? none;
}

const none: readonly Target[] = [];
