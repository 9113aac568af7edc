import { stringify } from 'yaml';
import { createCollector } from '../../../compiler/diagnostics/collector.ts';
import type { SourceFile } from '../../../compiler/index.ts';
import { load } from '../../../compiler/load/load.ts';
import { rawObjects } from '../../../compiler/load/raw-objects.ts';

/** Lists whose order means nothing, by the field that holds them. */
const unordered = new Set([
  'addresses',
  'backends',
  'conditions',
  'endpoints',
  'headers',
  'matches',
  'methods',
  'podIPs',
  'ports',
  'rules',
  'sources',
  'specs',
  'subsets',
]);

/** Gives a whole number below its argument. */
export type Dice = (below: number) => number;

/** A small generator of numbers that look random, the same for the same seed. */
export function dice(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * The same objects, written otherwise: other files, formats and Lists, and another order of files, documents, keys and
 * list items without meaning. Undefined where the input can't be read, so that nobody can say what is the same.
 */
export function rewritten(files: readonly SourceFile[], roll: Dice): readonly SourceFile[] | undefined {
  const collector = createCollector();
  const objects = rawObjects(load(files, collector), collector).map(({ value }) => value);
  if (collector.diagnostics.some(({ level }) => level === 'error')) return undefined;
  const piles: object[][] = Array.from({ length: 1 + roll(4) }, () => []);
  for (const object of shuffled(objects, roll)) piles[roll(piles.length)]?.push(reordered(object, '', roll) as object);
  return shuffled(piles.map((pile, index) => written(pile, `${'zyxw'.charAt(roll(4))}${index}`, roll)), roll);
}

function written(objects: readonly object[], name: string, roll: Dice): SourceFile {
  const list = { items: objects, kind: 'List', apiVersion: 'v1' };
  switch (roll(4)) {
    case 0:
      return { name: `${name}.json`, text: JSON.stringify(list) };
    case 1:
      return { name: `${name}.yaml`, text: yaml(list) };
    case 2:
      return { name: `deep/er/${name}.yaml`, text: objects.map((object) => JSON.stringify(object, undefined, 3)).join('\n---\n') };
    default:
      return { name: `${name}.yml`, text: `# Somebody's note\n---\n${objects.map(yaml).join('...\n---\n')}` };
  }
}

/** Quoted throughout: what is a text stays one in every version of YAML. */
function yaml(value: object): string {
  return stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', aliasDuplicateObjects: false });
}

function reordered(value: unknown, field: string, roll: Dice): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => reordered(item, '', roll));
    return unordered.has(field) ? shuffled(items, roll) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(shuffled(Object.entries(value), roll).map(([key, entry]) => [key, reordered(entry, key, roll)]));
}

function shuffled<Item>(items: readonly Item[], roll: Dice): Item[] {
  const result: Item[] = [];
  for (const item of items) result.splice(roll(result.length + 1), 0, item);
  return result;
}
