import { createPaint, type Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';
import { type OutputFormat, show } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { allWell, type Category, type Result, type Verdict } from './result.ts';

/** How results are shown. `wide`: with what was found where all is well. */
export type ResultFormat = Exclude<OutputFormat, 'name'>;

const signs: Readonly<Record<Verdict, string>> = { ok: '√', warning: '‼', failed: '×', skipped: '-' };

/** Writes results: a line a check, as linkerd does, or one document. `question`: what it was about, for the last line. */
export async function printResults(terminal: Terminal, categories: readonly Category[], format: ResultFormat, question: string, facts: object = {}): Promise<void> {
  const paint = createPaint(terminal.out.color);
  await show(terminal.out, format, {
    document: { success: allWell(categories), ...facts, categories },
    text: (wide) => {
      const sections = categories.map(({ title, results }) => `${title}\n${'-'.repeat(title.length)}\n${results.map((result) => resultLines(result, wide, paint)).join('')}`);
      const verdict: Verdict = allWell(categories) ? 'ok' : 'failed';
      return `${sections.join('\n')}\n${question}: ${paintOf(paint, verdict)(signs[verdict])}\n`;
    },
  });
}

function resultLines({ check, verdict, words, page }: Result, wide: boolean, paint: Paint): string {
  const shown = verdict === 'ok' && !wide ? [] : words;
  const lines = [`${paintOf(paint, verdict)(signs[verdict])} ${printable(check)}`, ...shown.map((line) => `    ${printable(line)}`), ...(page === undefined ? [] : [`    see docs/operate.md#${page}`])];
  return lines.map((line) => `${line}\n`).join('');
}

function paintOf(paint: Paint, verdict: Verdict): (text: string) => string {
  return { ok: paint.green, warning: paint.yellow, failed: paint.red, skipped: paint.dim }[verdict];
}
