import type { FieldTree } from '../../compiler/resources/validator.ts';

/** The fields of a value that a tree names; lists are seen through. What the tree ends at is kept whole. */
export function prune(value: unknown, tree: FieldTree): unknown {
  const names = Object.keys(tree);
  if (names.length === 0 || typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => prune(item, tree));
  }
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, prune(fields[name], tree[name] ?? {})]));
}
