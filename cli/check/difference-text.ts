import { createTwoFilesPatch } from 'diff';
import type { Paint } from '../terminal/paint.ts';
import { printable } from '../terminal/printable.ts';
import type { Difference } from './find-drift.ts';

/** Whoever reads a diff stops long before these; the list of files is complete. */
const linesPerFile = 200;
const linesInAll = 1000;
/** Beyond so many changed lines the search for the shortest diff takes too long. */
const longestEdit = 4000;

/** What the two sides are called in a diff, and what is on one of them only. */
export interface DifferenceWords {
  readonly before: string;
  readonly after: string;
  readonly added: string;
  readonly changed: string;
  readonly removed: string;
}

const plainWords: DifferenceWords = { before: 'a', after: 'b', added: 'added', changed: 'changed', removed: 'removed' };

/** The list of the files that differ, then a unified diff of each that changed. */
export function differenceText(differences: readonly Difference[], paint: Paint, words: DifferenceWords = plainWords): string {
  const width = Math.max(words.added.length, words.changed.length, words.removed.length);
  const mark = (kind: Difference['kind']): string => words[kind].padEnd(width);
  const marks = { added: paint.green(mark('added')), changed: paint.yellow(mark('changed')), removed: paint.red(mark('removed')) };
  const list = differences.map(({ path, kind }) => `${marks[kind]}  ${printable(path)}\n`).join('');
  let left = linesInAll;
  let untold = 0;
  const diffs: string[] = [];
  for (const difference of telling(differences)) {
    if (left <= 0) {
      untold += 1;
      continue;
    }
    const lines = diffLines(difference, words);
    const shown = lines.slice(0, Math.min(linesPerFile, left));
    left -= shown.length;
    const cut = lines.length > shown.length ? [paint.dim(`… ${lines.length - shown.length} more lines`)] : [];
    diffs.push(['', ...shown.map((line) => paintLine(line, paint)), ...cut, ''].join('\n'));
  }
  return `${list}${diffs.join('')}${untold > 0 ? `\n${paint.dim(`… and ${untold} more files`)}\n` : ''}`;
}

// Digests in the manifest and line numbers in sources.json follow from everything else: they are shown only where nothing else changed.
function telling(differences: readonly Difference[]): readonly Difference[] {
  const changed = differences.filter(({ kind }) => kind === 'changed');
  const manifest = changed.filter(({ path }) => path === 'manifest.json');
  const sources = changed.filter(({ path }) => path.endsWith('/sources.json'));
  const configuration = changed.filter((difference) => !manifest.includes(difference) && !sources.includes(difference));
  return [configuration, sources, manifest].find((group) => group.length > 0) ?? [];
}

function diffLines({ path, before, after }: Difference, words: DifferenceWords): readonly string[] {
  const patch = createTwoFilesPatch(`${words.before}/${path}`, `${words.after}/${path}`, before, after, undefined, undefined, { context: 3, maxEditLength: longestEdit });
  if (patch === undefined) {
    return [`--- ${words.before}/${path}`, `+++ ${words.after}/${path}`, '(too different to show)'];
  }
  return patch.trimEnd().split('\n').filter((line) => !line.startsWith('====')).map((line) => line.replace(/^((?:---|\+\+\+) .*?)\t$/, '$1'));
}

function paintLine(line: string, paint: Paint): string {
  const text = printable(line);
  if (line.startsWith('--- ') || line.startsWith('+++ ')) {
    return paint.bold(text);
  }
  return line.startsWith('@@') ? paint.cyan(text) : line.startsWith('+') ? paint.green(text) : line.startsWith('-') ? paint.red(text) : text;
}
