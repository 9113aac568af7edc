import type { Problem } from './problem.ts';

/**
 * What YAML doesn't allow in a text; what decoders leave where bytes are no UTF-8; halves of surrogate pairs; and what
 * ends a line in YAML 1.1, and so for kubectl, but not in YAML 1.2: a comment could hide a line that the cluster reads.
 */
const noText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufffd\p{Surrogate}]|\r(?!\n)/u;

/** Carriage return (alone), next line, line separator, paragraph separator. */
const lineBreaks: readonly number[] = [0x0d, 0x85, 0x2028, 0x2029];

/** The first character that shows that a file isn't text. */
export function textProblem(text: string): Problem | undefined {
  const start = text.search(noText);
  if (start === -1) return undefined;
  const code = text.charCodeAt(start);
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const message =
    code === 0xfffd
      ? 'The file holds bytes that are not valid UTF-8, or the character U+FFFD that stands for such bytes.'
      : code === 0
        ? 'The file holds a NUL byte: it is binary, or text in another encoding than UTF-8.'
        : lineBreaks.includes(code)
          ? `The file holds the character ${name}, where kubectl begins a new line and YAML 1.2 doesn't.`
          : `The file holds the character ${name}, which no YAML or JSON text may contain.`;
  return { code: 'SMIC1003', start, end: start + 1, message };
}
