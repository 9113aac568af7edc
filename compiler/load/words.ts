import { printable } from '../diagnostics/printable.ts';
import type { Path } from './document.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `spec.rules[0].matches`; keys that aren't plain words are quoted: `metadata.labels["a/b"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!identifier.test(step)) text += `[${quoted(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A value as a message shows it: as JSON, so that nothing in it can disturb a terminal, and not too long. */
export function quoted(value: unknown): string {
  // JSON leaves DEL, C1 controls and bidirectional marks as they are.
  const text = printable(JSON.stringify(value) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 76)}…${text.startsWith('"') ? '"' : ''}`;
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
