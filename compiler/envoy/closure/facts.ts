/** What a resource, or a part of one, refers to, and what is wrong within it. Filled while the part is looked over. */
export interface Facts {
  readonly clusters: string[];
  readonly routes: RouteUse[];
  readonly secrets: string[];
  /** Names of the HTTP filters that a route configuration has configuration for. */
  readonly configured: string[];
  readonly faults: string[];
}

/** A use of a route configuration, with the names of the HTTP filters that read its per-filter configuration. */
export interface RouteUse {
  readonly name: string;
  readonly filters: readonly string[];
}

export function newFacts(): Facts {
  return { clusters: [], routes: [], secrets: [], configured: [], faults: [] };
}

/** Notes each fault whose condition holds. */
export function faultsWhere(facts: Facts, ...conditions: readonly (readonly [boolean, string])[]): void {
  for (const [holds, message] of conditions) if (holds) facts.faults.push(message);
}

/** Notes the names that stand in a list more than once. */
export function faultRepeated(facts: Facts, message: string, names: readonly string[]): void {
  if (names.length < 2 || new Set(names).size === names.length) return;
  const seen = new Set<string>();
  const repeated = names.filter((name) => seen.size === seen.add(name).size);
  facts.faults.push(`${message}: ${repeated.join(', ')}`);
}
