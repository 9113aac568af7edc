import { stringify } from 'yaml';
import { documentFor, printable } from './printable.ts';
import type { Output } from './terminal.ts';

/** kubectl's formats. `wide`: the table with more in it. `name`: `KIND/NAME`, one a line. */
export type OutputFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name';

/** What a command has to show, in each of its formats. */
export interface Shown {
  readonly document: unknown;
  /** For people. */
  readonly text: (wide: boolean) => string;
  /** `namespace/shop`; for commands without `name`: none. */
  readonly names?: readonly string[];
}

/** Writes what a command has to show. */
export async function show(out: Output, format: OutputFormat, { document, text, names = [] }: Shown): Promise<void> {
  switch (format) {
    case 'json':
    case 'yaml':
      return out.write(documentFor(out, documentText(document, format)));
    case 'name':
      return out.write(names.map((name) => `${printable(name)}\n`).join(''));
    case 'table':
    case 'wide':
      return out.write(text(format === 'wide'));
  }
}

/** A value as a document. In YAML, what other readers would take for a switch or a number is quoted. */
export function documentText(value: unknown, format: 'json' | 'yaml'): string {
  return format === 'json' ? `${JSON.stringify(value, null, 2)}\n` : stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}
