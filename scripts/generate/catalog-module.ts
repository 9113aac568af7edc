import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

const levels: readonly unknown[] = ['error', 'warning', 'note'];
const required = ['level', 'title', 'why', 'fix'];
const optional = ['example'];

/**
 * Turns the catalog of diagnostics (YAML, code → entry) into a TypeScript module.
 * Throws one error that lists every fault of the catalog as `file:line: what`.
 */
export function catalogModule(file: string, text: string): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const faults: string[] = [];
  const fault = (offset: number, message: string): void => {
    faults.push(`${file}:${lines.linePos(offset).line}: ${message}`);
  };

  // Duplicate keys are among the parser's own errors.
  for (const error of document.errors) {
    fault(error.pos[0], error.message.split('\n')[0] ?? error.code);
  }
  const entries: Record<string, unknown> = {};
  if (isMap(document.contents)) {
    let previous = '';
    for (const pair of document.contents.items) {
      const key: unknown = isScalar(pair.key) ? pair.key.value : undefined;
      const offset = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      if (typeof key !== 'string' || !/^SMIC[1-9][0-9]{3}$/.test(key)) {
        fault(offset, `"${String(key)}" is not a code: expected SMIC and four digits`);
        continue;
      }
      if (key < previous) {
        fault(offset, `${key} stands after ${previous}: codes are sorted`);
      }
      previous = key;
      const entry: unknown = isNode(pair.value) ? pair.value.toJS(document) : pair.value;
      for (const message of entryFaults(entry)) {
        fault(offset, `${key}: ${message}`);
      }
      entries[key] = entry;
    }
  } else if (document.contents !== null) {
    fault(0, 'the catalog is not a mapping of codes to entries');
  }
  if (faults.length > 0) {
    throw new Error(`the catalog of diagnostics has ${faults.length} fault(s):\n${faults.join('\n')}`);
  }
  return moduleText(file, entries);
}

function entryFaults(entry: unknown): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return ['the entry is not a mapping'];
  }
  const fields = new Map<string, unknown>(Object.entries(entry));
  const faults: string[] = [];
  for (const name of fields.keys()) {
    if (!required.includes(name) && !optional.includes(name)) {
      faults.push(`unknown field "${name}"`);
    }
  }
  for (const name of required) {
    if (!fields.has(name)) {
      faults.push(`"${name}" is missing`);
    }
  }
  for (const [name, value] of fields) {
    if (typeof value !== 'string' || value.trim() === '') {
      faults.push(`"${name}" is not a text`);
    }
  }
  if (fields.has('level') && !levels.includes(fields.get('level'))) {
    faults.push(`"level" is not one of ${levels.join(', ')}`);
  }
  return faults;
}

function moduleText(file: string, entries: Readonly<Record<string, unknown>>): string {
  const codes = Object.keys(entries);
  const union = codes.length === 0 ? ' never' : codes.map((code) => `\n  | '${code}'`).join('');
  const body = codes.map((code) => `  ${code}: ${JSON.stringify(entries[code])},\n`).join('');
  return `// Made from ${file} by scripts/generate/catalog.ts.

/** What the catalog says of a code. */
export interface CatalogEntry {
  readonly level: 'error' | 'warning' | 'note';
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly example?: string;
}

export type Code =${union};

export const catalog: Readonly<Record<Code, CatalogEntry>> = {
${body}};
`;
}
