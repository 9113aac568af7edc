import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';

/** A change to a text or to the documents in it. Numbers choose a place, whatever the size of what is changed. */
export type Mutation =
  | { readonly kind: 'delete-lines' | 'duplicate-lines'; readonly at: number; readonly count: number }
  | { readonly kind: 'swap-lines'; readonly at: number; readonly other: number }
  | { readonly kind: 'flip'; readonly at: number; readonly text: string }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'indent'; readonly at: number; readonly count: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'replace-value'; readonly at: number; readonly value: unknown }
  | { readonly kind: 'swap-values'; readonly at: number; readonly other: number }
  | { readonly kind: 'delete-key'; readonly at: number }
  | { readonly kind: 'add-key'; readonly at: number; readonly key: string; readonly value: unknown }
  | { readonly kind: 'repeat'; readonly at: number };

const tokens: readonly string[] = [
  '\t', '\r', '\0', '\u2028', '\ufeff', '\ud800', '"', "'", '{', '}', '[', ']', '&a ', '*a', '!!binary ', '!x ', '? ', ': ', '- ', '---\n', '...\n',
  '%YAML 1.1\n', '#', '|', '>', '<<: ', '{{ .Values.x }}', '__proto__: 1', '0x', '1e999', '.nan', '~', '\n', '   ', '`', '@', ',', 'null', '\\u0000', 'é', '😀',
];

const texts: readonly string[] = [
  '', ' ', '.', '..', '../../etc/passwd', '/etc/passwd', 'a/b', 'a|b', 'a~b', 'a+b', 'A', 'x'.repeat(64), 'x'.repeat(300), '\0', '\n', '\u001b[31m',
  '\u202e', '__proto__', 'constructor', 'toString', 'true', 'None', '*', '.*', '(', '(?!a)', 'a{1000}', '((a{1,100}){1,100}){1,100}', '[^\\n]{500}', '\\C', '0',
  '80', '65536', '10.96.0.20', '10.96.0.20/8', 'fd00::1', '::', '::ffff:10.0.0.1', '127.0.0.1', '0.0.0.0', '255.255.255.255', 'books', 'front', 'shop',
  'bookstore', 'bookstore.bookstore.svc.cluster.local', 'ServiceAccount', 'Group', 'HTTPRouteGroup', 'TCPRoute', 'UDPRoute', 'http', 'tcp', 'tcp-server-first',
  'grpc', 'UDP', 'SCTP', 'kubernetes.io/h2c', 'ExternalName', 'List', 'v1', 'access.smi-spec.io/v1alpha1', 'split.smi-spec.io/v1alpha1', 'host', ':authority', ':path', 'x-envoy-internal',
];

const keys: readonly string[] = [
  'apiVersion', 'kind', 'metadata', 'name', 'namespace', 'spec', 'status', 'items', 'labels', 'annotations', 'selector', 'ports', 'port', 'targetPort', 'matches', 'rules',
  'sources', 'destination', 'backends', 'weight', 'service', 'headers', 'methods', 'pathRegex', 'clusterIP', 'clusterIPs', 'hostNetwork', 'generateName', 'ownerReferences',
  'openservicemesh.io/sidecar-injection', 'openservicemesh.io/ignore', 'kubernetes.io/service-name', '__proto__', 'constructor', '', 'x y', 'toString',
];

const place = fc.nat(1_000_000);
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<unknown>(...texts) },
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1, 80, 8080, 65535, 65536, 4294967295, 4294967296, 2 ** 53, 1e308, -0.5, 0.1, [], {}, [[]], [null], { a: { b: 1 } }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom<unknown>(['books', 'books'], [{ name: 'books' }], { name: '..' }, [80, 80], ['GET', 'GET'], ['*'], { host: '.*', Host: 'a' }),
);

/** One change. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constantFrom('delete-lines', 'duplicate-lines'), at: place, count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('swap-lines'), at: place, other: place }),
  fc.record({ kind: fc.constant('flip'), at: place, text: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) }),
  fc.record({ kind: fc.constant('insert'), at: place, text: fc.constantFrom(...tokens) }),
  fc.record({ kind: fc.constant('indent'), at: place, count: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ kind: fc.constant('cut'), at: place }),
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace-value'), at: place, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swap-values'), at: place, other: place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete-key'), at: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add-key'), at: place, key: fc.constantFrom(...keys), value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat'), at: place }) },
);

/** The text after a change. A change of documents leaves a text alone in which there are none. */
export function mutate(text: string, change: Mutation): string {
  const lines = text.split('\n');
  switch (change.kind) {
    case 'delete-lines':
      lines.splice(change.at % lines.length, change.count);
      return lines.join('\n');
    case 'duplicate-lines':
      lines.splice(change.at % lines.length, 0, ...lines.slice(change.at % lines.length, (change.at % lines.length) + change.count));
      return lines.join('\n');
    case 'swap-lines': {
      const [a, b] = [change.at % lines.length, change.other % lines.length];
      return lines.map((line, index) => (index === a ? lines[b] : index === b ? lines[a] : line)).join('\n');
    }
    case 'indent': {
      const at = change.at % lines.length;
      return lines.map((line, index) => (index === at ? indented(line, change.count) : line)).join('\n');
    }
    case 'flip': {
      const at = change.at % (text.length + 1);
      return text.slice(0, at) + change.text + text.slice(at + 1);
    }
    case 'insert': {
      const at = change.at % (text.length + 1);
      return text.slice(0, at) + change.text + text.slice(at);
    }
    case 'cut':
      return text.slice(0, change.at % (text.length + 1));
    default:
      return mutateDocuments(text, change);
  }
}

function indented(line: string, count: number): string {
  return count > 0 ? ' '.repeat(count) + line : line.replace(new RegExp(`^ {0,${-count}}`), '');
}

/** A place in a tree: the container, and the key or the index of the value in it. */
type Slot = readonly [Container, string | number];
type Container = Record<string | number, unknown>;

function mutateDocuments(text: string, change: Extract<Mutation, { kind: 'replace-value' | 'swap-values' | 'delete-key' | 'add-key' | 'repeat' }>): string {
  const documents = documentsIn(text);
  const slots = slotsIn(documents);
  const [container, key] = slots[change.at % Math.max(1, slots.length)] ?? [];
  if (container === undefined || key === undefined) return text;
  switch (change.kind) {
    case 'replace-value':
      container[key] = structuredClone(change.value);
      break;
    case 'swap-values': {
      const [other, otherKey] = slots[change.other % slots.length] ?? [container, key];
      [container[key], other[otherKey]] = [structuredClone(other[otherKey]), structuredClone(container[key])];
      break;
    }
    case 'delete-key':
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      break;
    case 'add-key':
      if (!Array.isArray(container)) Object.defineProperty(container, change.key, { value: structuredClone(change.value), enumerable: true, configurable: true, writable: true });
      break;
    case 'repeat':
      if (Array.isArray(container)) container.splice(Number(key), 0, structuredClone(container[Number(key)]));
      else documents.push(...documents.slice(change.at % documents.length, (change.at % documents.length) + 1));
  }
  // Every other time as JSON, which smic reads by another way.
  return (change.at % 2 === 0 ? undefined : asYaml(documents, change.at % 3 === 0)) ?? documents.map((document) => JSON.stringify(document ?? null)).join('\n');
}

/** Undefined for what the yaml library can't write, such as a key "<<". */
function asYaml(documents: readonly unknown[], aliasDuplicateObjects: boolean): string | undefined {
  try {
    return documents.map((document) => stringify(document, { aliasDuplicateObjects })).join('---\n');
  } catch {
    return undefined;
  }
}

function documentsIn(text: string): unknown[] {
  try {
    return parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent' }).map((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
  } catch {
    return [];
  }
}

function slotsIn(documents: readonly unknown[]): readonly Slot[] {
  const slots: Slot[] = [];
  const visit = (node: unknown, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > 20) return;
    for (const key of Array.isArray(node) ? node.keys() : Object.keys(node)) {
      slots.push([node as Container, key]);
      visit((node as Container)[key], depth + 1);
    }
  };
  for (const document of documents) visit(document, 0);
  return slots;
}
