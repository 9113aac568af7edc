/** What a resource, or a part of one, refers to, and what is wrong within it. */
export interface Facts {
  readonly clusters: readonly string[];
  readonly routes: readonly RouteUse[];
  readonly secrets: readonly string[];
  readonly faults: readonly string[];
}

/** A use of a route configuration, with the names of the HTTP filters that read its per-filter configuration. */
export interface RouteUse {
  readonly name: string;
  readonly filters: readonly string[];
}

export const noFacts: Facts = { clusters: [], routes: [], secrets: [], faults: [] };

/** The facts of a whole from those of its parts. */
export function together(parts: readonly Facts[]): Facts {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  return {
    clusters: parts.flatMap((part) => part.clusters),
    routes: parts.flatMap((part) => part.routes),
    secrets: parts.flatMap((part) => part.secrets),
    faults: parts.flatMap((part) => part.faults),
  };
}

/** Facts that are faults only: each message whose condition holds. */
export function faultsWhere(...conditions: readonly (readonly [boolean, string])[]): Facts {
  const faults = conditions.flatMap(([holds, message]) => (holds ? [message] : []));
  return faults.length === 0 ? noFacts : { ...noFacts, faults };
}

/** The names that stand in a list more than once. */
export function repeated(names: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.size === seen.add(name).size);
}
