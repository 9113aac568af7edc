import type { Diagnostic, Level, Place, Related } from '../../compiler/diagnostics/diagnostic.ts';
import { createPaint, type Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';
import { excerpt } from './excerpt.ts';
import { objectWords } from './object-words.ts';
import type { Reporter } from './report.ts';
import { createSourceLines } from './source-lines.ts';

type SourceLines = ReturnType<typeof createSourceLines>;

/** For people at a terminal: what, where with the line of source, why, fix, related places. */
export const pretty: Reporter = (report, { color }) => {
  const paint = createPaint(color);
  const lines = createSourceLines(report.files);
  return report.diagnostics.map((diagnostic) => block(diagnostic, lines, paint)).join('');
};

function block(diagnostic: Diagnostic, lines: SourceLines, paint: Paint): string {
  const mark = levelPaint(diagnostic.level, paint);
  const { place, object } = diagnostic;
  const gutter = ' '.repeat(place ? String(place.line).length : 1);
  const bar = paint.blue('|');
  const out = [`${paint.bold(mark(`${diagnostic.level}[${diagnostic.code}]`))}${paint.bold(`: ${printable(diagnostic.message)}`)}`];
  if (place) {
    out.push(`${gutter}${paint.blue('-->')} ${position(place)}`, ...source(place, lines, gutter, paint, mark));
  } else if (object) {
    out.push(`${gutter}${paint.blue('-->')} ${printable(objectWords(object))}`);
  }
  const note = (label: string, text: string): void => {
    if (text !== '') {
      const indent = `\n${gutter}   ${' '.repeat(label.length + 2)}`;
      out.push(`${gutter} ${paint.blue('=')} ${paint.bold(`${label}:`)} ${text.trimEnd().split('\n').map(printable).join(indent)}`);
    }
  };
  if (place && out.length > 2) {
    out.push(`${gutter} ${bar}`);
  }
  note('why', diagnostic.why);
  note('fix', diagnostic.fix);
  for (const related of diagnostic.related) {
    note('see', relatedWords(related));
  }
  return `${out.join('\n')}\n\n`;
}

function source(place: Place, lines: SourceLines, gutter: string, paint: Paint, mark: (text: string) => string): readonly string[] {
  const text = lines(place.file, place.line);
  if (text === undefined) {
    return [];
  }
  const { line, indent, width } = excerpt(text, place);
  const bar = paint.blue('|');
  return [`${gutter} ${bar}`, `${paint.blue(String(place.line))} ${bar} ${line}`, `${gutter} ${bar} ${' '.repeat(indent)}${mark('^'.repeat(width))}`];
}

function relatedWords({ message, place, object }: Related): string {
  const where = place ? position(place) : object ? objectWords(object) : '';
  return where === '' ? message : `${where}: ${message}`;
}

function position(place: Place): string {
  return printable(`${place.file}:${place.line}:${place.column}`);
}

function levelPaint(level: Level, paint: Paint): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, note: paint.cyan }[level];
}
