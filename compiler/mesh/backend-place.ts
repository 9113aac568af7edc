import type { MeshPort } from './mesh.ts';
import type { Meta, TrafficSplit } from '../resources/objects.ts';
import type { Path } from '../load/document.ts';

/** A TrafficSplit and the place of a backend in it. */
export interface BackendPlace {
  readonly split: Meta;
  readonly path: Path;
}

/**
 * Where TrafficSplits name the Service behind a share: in the first of those that made the share which lists it, or else
 * in the list of the first of all.
 * @param makers the TrafficSplits that made the share; empty: undefined
 */
export function backendPlace(makers: readonly Meta[], port: MeshPort, splits: readonly TrafficSplit[]): BackendPlace | undefined {
  for (const split of makers) {
    const listed = splits.find(({ meta }) => meta === split)?.backends.find(({ service }) => service === port.service.name);
    if (listed) return { split, path: [...listed.at, 'service'] };
  }
  const [first] = makers;
  return first && { split: first, path: ['spec', 'backends'] };
}
