import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Node, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isAmbiguous, readPlain } from './plain-scalar.ts';
import type { Problem } from './problem.ts';
import type { Reading } from './reading.ts';
import type { EntryRange, Recorder } from './record.ts';

/** How many values the aliases of one document may add to it. */
const maxAliasedValues = 1_000_000;

const tagPrefix = 'tag:yaml.org,2002:';

interface Sized {
  readonly value: unknown;
  /** How many values it holds, itself included, with its aliases followed. */
  readonly size: number;
}

/**
 * Turns the yaml library's tree into plain values, as kubectl would (keys that are numbers or booleans become texts,
 * `<<` merges), and finds what JSON can't hold: duplicate keys, keys that are mappings, tags, runaway aliases.
 * An aliased value is one object in several places. The recursion is as deep as the tree: the caller bounds it.
 */
export function readTree(root: Node, recorder: Recorder | undefined): Reading {
  const problems: Problem[] = [];
  const anchors = new Map<string, Sized | 'open'>();
  let aliased = 0;

  function fault(code: Problem['code'], node: Node, message: string, more?: Pick<Problem, 'fix' | 'related'>): void {
    const [start, end] = offsets(node);
    problems.push({ code, start, end, message, ...more });
  }

  function read(node: Node | null): Sized {
    if (node === null) return { value: null, size: 1 };
    if (isAlias(node)) return readAlias(node);
    const { anchor } = node as Scalar | YAMLMap | YAMLSeq;
    if (anchor !== undefined) anchors.set(anchor, 'open');
    const sized = isMap(node) ? readMap(node) : isSeq(node) ? readList(node) : { value: isScalar(node) ? readScalar(node) : null, size: 1 };
    if (anchor !== undefined) anchors.set(anchor, sized);
    return sized;
  }

  function readAlias(node: Alias): Sized {
    const sized = anchors.get(node.source);
    const nothing = { value: null, size: 1 };
    if (sized === 'open') {
      fault('SMIC1010', node, `The alias "*${shorten(node.source)}" stands within its own anchor.`);
      return nothing;
    }
    if (sized === undefined) {
      fault('SMIC1010', node, `No anchor "&${shorten(node.source)}" stands before the alias "*${shorten(node.source)}".`);
      return nothing;
    }
    aliased += sized.size;
    if (aliased <= maxAliasedValues) return sized;
    if (aliased < Infinity) fault('SMIC1004', node, `The document's aliases stand for more than ${maxAliasedValues} values.`);
    // Told once; nothing more is copied.
    aliased = Infinity;
    return nothing;
  }

  function readList(node: YAMLSeq): Sized {
    checkCollectionTag(node, 'seq');
    const value: unknown[] = [];
    let size = 1;
    for (const item of node.items as readonly (Node | null)[]) {
      const sized = read(item);
      size += sized.size;
      recorder?.set(value, value.length, { keyStart: -1, keyEnd: -1, ...valueOffsets(item) });
      value.push(sized.value);
    }
    return { value, size };
  }

  function readMap(node: YAMLMap): Sized {
    checkCollectionTag(node, 'map');
    const value: Record<string, unknown> = {};
    const keys = new Map<string, Node>();
    const merges: Sized[] = [];
    let size = 1;
    for (const pair of node.items) {
      const keyNode = pair.key as Node;
      const valueNode = pair.value as Node | null;
      if (isMergeKey(keyNode)) {
        merges.push(...readMerge(keyNode, valueNode));
        continue;
      }
      const key = readKey(keyNode);
      const sized = read(valueNode);
      size += sized.size;
      if (key === undefined) continue;
      const first = keys.get(key);
      if (first) {
        const [start, end] = offsets(first);
        fault('SMIC1002', keyNode, `The key "${shorten(key)}" stands twice in this mapping.`, { related: { start, end, message: 'It stands here first.' } });
        continue;
      }
      keys.set(key, keyNode);
      define(value, key, sized.value);
      const [keyStart, keyEnd] = offsets(keyNode);
      recorder?.set(value, key, { keyStart, keyEnd, ...valueOffsets(valueNode) });
    }
    for (const merge of merges) {
      size += merge.size;
      mergeInto(value, merge.value as object);
    }
    return { value, size };
  }

  /** What stands in the mapping itself counts, then the merges in their order. */
  function mergeInto(target: Record<string, unknown>, source: object): void {
    for (const [key, value] of Object.entries(source)) {
      if (Object.hasOwn(target, key)) continue;
      define(target, key, value);
      const range = recorder?.get(source, key);
      if (range) recorder?.set(target, key, range);
    }
  }

  function readMerge(keyNode: Node, valueNode: Node | null): Sized[] {
    // A list's items are read one by one: each is an alias or a mapping.
    const sources = isSeq(valueNode) ? (valueNode.items as readonly (Node | null)[]).map(read) : [read(valueNode)];
    const mappings = sources.filter(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value));
    if (mappings.length < sources.length && !problems.some(({ code }) => code === 'SMIC1004' || code === 'SMIC1010')) {
      fault('SMIC1001', valueNode ?? keyNode, 'The merge key "<<" takes a mapping or a list of mappings.', { fix: 'Give it an alias of a mapping, or put "<<" in quotes if it is a key like any other.' });
    }
    return mappings;
  }

  function readKey(node: Node): string | undefined {
    const plain = isAlias(node) ? readAlias(node).value : isScalar(node) ? readScalar(node, true) : undefined;
    if (typeof plain === 'string') return plain;
    if (typeof plain === 'boolean' || (typeof plain === 'number' && Number.isFinite(plain))) return String(plain);
    const kind = isMap(node) ? 'A mapping' : isSeq(node) ? 'A list' : plain === null ? 'Nothing (null)' : 'This value';
    fault('SMIC1006', node, `${kind} is used as a key.`);
    read(isScalar(node) || isAlias(node) ? null : node);
    return undefined;
  }

  function readScalar(node: Scalar, asKey = false): unknown {
    const source = node.source ?? '';
    const tag = node.tag?.startsWith(tagPrefix) ? node.tag.slice(tagPrefix.length) : node.tag;
    if (tag === undefined && node.type === 'PLAIN') {
      if (isAmbiguous(source)) {
        const value = String(readPlain(source));
        fault('SMIC1008', node, `${asKey ? 'The key' : 'The value'} ${source} is read as ${value}, as kubectl does, but is ${/^[A-Za-z]/.test(source) ? 'a text' : 'something else'} in YAML 1.2.`);
      }
      return readPlain(source);
    }
    if (tag === undefined || tag === '!' || tag === 'str') return source;
    const value = readPlain(source);
    const fits =
      tag === 'int' ? Number.isInteger(value) : tag === 'float' ? typeof value === 'number' : tag === 'bool' ? typeof value === 'boolean' : tag === 'null' && value === null;
    if (!fits) fault('SMIC1007', node, `The tag "${tagName(node)}" can't be used for "${shorten(source)}".`);
    return value;
  }

  function checkCollectionTag(node: YAMLMap | YAMLSeq, own: 'map' | 'seq'): void {
    if (node.tag !== undefined && node.tag !== '!' && node.tag !== tagPrefix + own) {
      fault('SMIC1007', node, `The tag "${tagName(node)}" can't be used for a ${own === 'map' ? 'mapping' : 'list'}.`);
    }
  }

  return { value: read(root).value, problems };
}

function isMergeKey(node: Node): boolean {
  return isScalar(node) && node.source === '<<' && (node.tag === undefined ? node.type === 'PLAIN' : node.tag === `${tagPrefix}merge`);
}

/** Sets an own property whatever its name: `__proto__` is a key like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}

function tagName(node: Scalar | YAMLMap | YAMLSeq): string {
  return shorten((node.tag ?? '').replace(tagPrefix, '!!'));
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function offsets(node: Node): readonly [number, number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

function valueOffsets(node: Node | null): Pick<EntryRange, 'valueStart' | 'valueEnd'> {
  if (node === null || (isScalar(node) && node.type === 'PLAIN' && node.source === '')) return { valueStart: -1, valueEnd: -1 };
  const [valueStart, valueEnd] = offsets(node);
  const block = (isMap(node) || isSeq(node)) && node.flow !== true;
  return { valueStart, valueEnd: block ? valueStart : valueEnd };
}
