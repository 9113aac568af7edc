import type { Memory } from '../memory.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { OutboundCatalog } from '../mesh/outbound.ts';
import type { Objects } from '../resources/objects.ts';
import { backendsWithoutWorkloads } from './backends-without-workloads.ts';
import type { Check, CheckInput } from './check.ts';
import { endpointsOutsideTheMesh } from './endpoints-outside-the-mesh.ts';
import { injectionAnnotations } from './injection-annotations.ts';
import { pathPatterns } from './path-patterns.ts';
import { portsThatNobodyMayCall } from './ports-that-nobody-may-call.ts';
import { refusedShares } from './refused-shares.ts';
import { servicesWithoutAddress } from './services-without-address.ts';
import { targetsWithoutEffect } from './targets-without-effect.ts';

/** Every check of the mesh as a whole, under its name. */
const checks: Readonly<Record<string, Check>> = {
  backendsWithoutWorkloads,
  endpointsOutsideTheMesh,
  injectionAnnotations,
  pathPatterns,
  portsThatNobodyMayCall,
  refusedShares,
  servicesWithoutAddress,
  targetsWithoutEffect,
};

/** Runs all checks whose needs have changed; the others find what they found. */
export function runChecks(mesh: Mesh, outbound: OutboundCatalog, objects: Objects, memory: Memory): void {
  const input: CheckInput = { ...objects, ...mesh, outbound };
  for (const [name, { needs, find }] of Object.entries(checks)) {
    memory.keep(name, needs.map((need) => input[need]), (parts) => {
      find(input, parts);
    });
  }
}
