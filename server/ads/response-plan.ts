import type { ServedResource } from '../configuration/served-resource.ts';
import type { Holdings } from './holdings.ts';
import { setVersion } from './set-version.ts';

/** What is to be sent. */
export interface Plan {
  readonly resources: readonly ServedResource[];
  /** What of it the client doesn't hold. */
  readonly changed: readonly ServedResource[];
  /** Delta only. */
  readonly removed: readonly string[];
  /** State of the world only. */
  readonly version: string;
}

/** Delta: what changed and what is gone, if anything, or an answer that is `owed`. */
export function deltaPlan(changed: readonly ServedResource[], removed: ReadonlySet<string>, owed: boolean): Plan | undefined {
  const due = changed.length > 0 || removed.size > 0 || owed;
  return due ? { resources: changed, changed, removed: [...removed].sort(), version: '' } : undefined;
}

/** State of the world of a type of which a response lists only what changed. */
export function partialPlan(desired: readonly ServedResource[], changed: readonly ServedResource[], held: ReadonlyMap<string, string>): Plan | undefined {
  if (changed.length === 0) {
    return undefined;
  }
  const now = new Set(changed);
  // What the client will hold once it has accepted this.
  const after = desired.flatMap((resource) => {
    const version = now.has(resource) ? resource.version : held.get(resource.name);
    return version === undefined ? [] : [{ name: resource.name, version }];
  });
  return { resources: changed, changed, removed: [], version: setVersion(after) };
}

/** State of the world of a type of which a response lists all: what isn't listed is deleted. */
export function wholePlan(desired: readonly ServedResource[], changed: readonly ServedResource[], holdings: Holdings): Plan {
  const now = new Set(changed);
  const resources = desired.flatMap((resource) => (now.has(resource) || holdings.has(resource) ? resource : (holdings.insteadOf(resource) ?? [])));
  return { resources, changed, removed: [], version: setVersion(resources) };
}
