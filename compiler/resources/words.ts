import type { Path } from '../load/document.ts';

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
  const text = (JSON.stringify(value) ?? String(value)).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length <= 80 ? text : `${text.slice(0, 76)}…${text.startsWith('"') ? '"' : ''}`;
}

/** `a, b or c` */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
