import type { Resource, ResourceType, SharedSet, SourceEntry } from '../artifact/artifact.ts';
import { createResource } from '../artifact/resource.ts';
import { createEncoder } from '../encode/encoder.ts';
import type { Built } from './built.ts';
import type { FilterChain, Listener } from './generated/api.ts';

export interface NamedMessage {
  readonly name: string;
  readonly message: object;
  readonly sources: readonly SourceEntry[];
}

/**
 * What proxies share, each once under its key, from one compilation to the next: it is built again only where its inputs
 * are others, and stays the same object where that comes to the same. Equal keys must mean equal inputs within a compilation.
 */
export interface ResourcePool {
  resource(type: ResourceType, key: string, inputs: readonly unknown[], build: () => NamedMessage): Resource;
  chain(key: string, inputs: readonly unknown[], build: () => Built<FilterChain> | undefined): Built<FilterChain> | undefined;
  /** Forgets what is in none of these, once that is as much as what is. */
  prune(holders: readonly Pick<SharedSet, 'resources'>[]): void;
}

interface Pooled<Item> {
  readonly inputs: readonly unknown[];
  readonly item: Item;
}

/** An empty pool. */
export function createResourcePool(): ResourcePool {
  const encoder = createEncoder();
  const resources = new Map<string, Pooled<Resource>>();
  const chains = new Map<string, Pooled<Built<FilterChain> | undefined>>();
  /** How many there may be before it is worth looking for those that are out of use. */
  let limit = 1000;
  return {
    resource(type, key, inputs, build) {
      const id = `${type} ${key}`;
      const known = resources.get(id);
      if (known && sameInputs(known.inputs, inputs)) return known.item;
      const { name, message, sources } = build();
      const made = createResource(encoder, type, name, message, sources);
      const item = known && isSame(known.item, made) ? known.item : made;
      resources.set(id, { inputs, item });
      return item;
    },
    chain(key, inputs, build) {
      const known = chains.get(key);
      if (known && sameInputs(known.inputs, inputs)) return known.item;
      const item = build();
      chains.set(key, { inputs, item });
      return item;
    },
    prune(holders) {
      if (resources.size + chains.size <= limit) return;
      const used = new Set(holders.flatMap((holder) => holder.resources));
      const usedChains = new Set([...used].flatMap(({ type, message }) => (type === 'listener' ? ((message as Listener).filter_chains ?? []) : [])));
      for (const [id, { item }] of resources) if (!used.has(item)) resources.delete(id);
      for (const [key, { item }] of chains) if (!item || !usedChains.has(item.message)) chains.delete(key);
      limit = 2 * (resources.size + chains.size) + 1000;
    },
  };
}

function sameInputs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((input, index) => input === b[index]);
}

function isSame(a: Resource, b: Resource): boolean {
  return a.name === b.name && a.digest === b.digest && a.sources.length === b.sources.length && a.sources.every((entry, index) => isSameSource(entry, b.sources[index]));
}

function isSameSource(a: SourceEntry, b: SourceEntry | undefined): boolean {
  return b !== undefined && a.pointer === b.pointer && a.object === b.object && a.origin === b.origin && a.path.length === b.path.length && a.path.every((step, index) => step === b.path[index]);
}
