// C0 and C1 controls, and the characters that turn the direction of text: a hostile name must neither drive the
// user's terminal nor make a line read differently from what it says.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** `text` on one line, with everything a terminal could obey written as an escape (`\u001b`). */
export function printable(text: string): string {
  return text.replace(unprintable, escapeCharacter);
}

/** The same, line by line. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** A document as it goes out: to a program as it is, to a person with nothing that the terminal could obey. */
export function documentFor({ isTTY }: { readonly isTTY: boolean }, text: string): string {
  return isTTY ? printableLines(text) : text;
}

function escapeCharacter(character: string): string {
  switch (character) {
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
    default:
      return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
}
