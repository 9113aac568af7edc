import type { Level } from '../../compiler/diagnostics/diagnostic.ts';
import { type CatalogEntry, type Code, catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { createPaint, type Paint } from '../terminal/paint.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic explain [CODE]`. */
export async function explainCommand(terminal: Terminal, name: string | undefined): Promise<ExitCode> {
  if (name === undefined) {
    const rows = Object.entries<CatalogEntry>(catalog).map(([code, { level, title }]) => [code, level, title]);
    await terminal.out.write(table([{ title: 'CODE' }, { title: 'LEVEL' }, { title: 'TITLE' }], rows));
    return exitCode.yes;
  }
  const code = findCode(name);
  await terminal.out.write(page(code, catalog[code], createPaint(terminal.out.color)));
  return exitCode.yes;
}

/** `smic3001` and `3001` mean SMIC3001. */
function findCode(name: string): Code {
  const wanted = /^\d+$/.test(name) ? `SMIC${name}` : name.trim().toUpperCase();
  const codes = Object.keys(catalog) as Code[];
  const found = codes.find((code) => code === wanted);
  if (found === undefined) {
    const near = suggest(wanted, codes);
    throw new Failure(`there is no diagnostic ${JSON.stringify(name)}`, near ? `Did you mean ${near}?` : '`smic explain` lists all codes.');
  }
  return found;
}

function page(code: Code, { level, title, why, fix, example }: CatalogEntry, paint: Paint): string {
  const mark = ({ error: paint.red, warning: paint.yellow, note: paint.cyan } satisfies Record<Level, unknown>)[level];
  const part = (name: string, text: string): string => `${paint.bold(name)}\n${text.trimEnd().replace(/^(?=.)/gm, '  ')}\n`;
  return [
    `${paint.bold(mark(code))} ${paint.bold(title)} ${paint.dim(`(${level})`)}\n`,
    part('Why', why),
    part('Fix', fix),
    ...(example === undefined ? [] : [part('Example', example)]),
  ].join('\n');
}
