import type { YAMLError } from 'yaml';
import type { Problem } from './problem.ts';

interface Words {
  readonly message: string;
  readonly fix: string;
}

/** What the yaml library's errors mean to someone who doesn't know its grammar; the others keep the library's own words. */
const byCode: Readonly<Partial<Record<YAMLError['code'], Words>>> = {
  TAB_AS_INDENT: { message: 'A tab is used for indentation, where YAML allows only spaces.', fix: 'Replace the tab with spaces.' },
  BAD_INDENT: { message: 'The indentation fits no mapping or list around it.', fix: 'Indent this line as its neighbours are, with spaces.' },
  MULTILINE_IMPLICIT_KEY: {
    message: 'A key goes over more than one line: probably a ":" is missing, or a line is indented wrongly.',
    fix: 'Put ": " after the key, or correct the indentation.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A second "key: value" begins on the same line, or a value is followed by lines that are indented more.',
    fix: 'Put the value in quotes if the ":" belongs to it; otherwise begin a new line, or correct the indentation.',
  },
  BAD_SCALAR_START: { message: "A value can't begin with this character.", fix: 'Put the value in quotes.' },
  KEY_OVER_1024_CHARS: { message: 'A key is longer than 1024 characters.', fix: 'Look for a ":" or a quote that is missing before it.' },
  BAD_DQ_ESCAPE: { message: "YAML doesn't know this escape in double quotes.", fix: 'Write two backslashes for one, or use single quotes: a backslash stands for itself in them.' },
  MULTIPLE_ANCHORS: { message: 'A value has two anchors.', fix: 'Leave one of them out.' },
  MULTIPLE_TAGS: { message: 'A value has two tags.', fix: 'Leave one of them out.' },
};

/** For codes that stand for several errors: what the library's words begin with. */
const byMessage: readonly (readonly [string, Words])[] = [
  ['Implicit map keys need', { message: 'This is neither "key: value" nor part of the value before it.', fix: 'Put ": " after the key, or indent the line if it goes on with the value before it.' }],
  ['Implicit keys need', { message: 'A key goes over more than one line.', fix: 'Look for a quote or a ":" that is missing.' }],
  ['Missing closing "', { message: 'A text in double quotes has no end.', fix: 'Put a closing " behind the text.' }],
  ["Missing closing '", { message: 'A text in single quotes has no end.', fix: "Put a closing ' behind the text; within it, write '' for one '." }],
  ['Flow map must end', { message: 'A mapping that begins with "{" has no "}" at its end.', fix: 'Put a "}" behind its last entry.' }],
  ['Flow sequence must end', { message: 'A list that begins with "[" has no "]" at its end.', fix: 'Put a "]" behind its last item.' }],
  ['Flow map in block', { message: 'A mapping that begins with "{" has no "}" at its end.', fix: 'Put a "}" behind its last entry, indented as far as the line where it begins.' }],
  ['Flow sequence in block', { message: 'A list that begins with "[" has no "]" at its end.', fix: 'Put a "]" behind its last item, indented as far as the line where it begins.' }],
  ['Missing directives-end', { message: 'A line that begins with "%" is a directive, which needs a line "---" after it.', fix: 'Remove the line, or put "---" after it.' }],
];

/** Words for an error of the yaml library. */
export function syntaxProblem(error: YAMLError, text: string): Problem {
  const start = Math.min(error.pos[0], text.length);
  const end = Math.max(start, Math.min(error.pos[1], text.length));
  const own = error.message.slice(0, 200).replace(/\.?$/, '.');
  if (error.code === 'RESOURCE_EXHAUSTION') return { code: 'SMIC1005', start, end, message: 'The document nests too deeply to be read.' };
  if (error.code === 'TAG_RESOLVE_FAILED') return { code: 'SMIC1007', start, end, message: own };
  const words = byMessage.find(([beginning]) => error.message.startsWith(beginning))?.[1] ?? byCode[error.code];
  return { code: 'SMIC1001', start, end, ...(words ?? { message: own }) };
}

/** Where a line's value, or the line itself, begins with a template's braces: what Helm and its like leave unfilled. */
const template = /^[ \t]*(?:- +)*(?:[\w./"'-]+:[ \t]+)?["']?(\{\{[-\s]*[\w.$("/])/m;

/** The place of the template that broke a document, if it is one. */
export function templateProblem(text: string): Problem | undefined {
  const found = template.exec(text);
  if (!found) return undefined;
  const start = found.index + found[0].length - (found[1]?.length ?? 0);
  const close = text.indexOf('}}', start);
  const end = close === -1 ? start + 2 : close + 2;
  return { code: 'SMIC1009', start, end, message: `"${text.slice(start, Math.min(end, start + 60)).replace(/\s+/g, ' ')}" is part of a template that has not been rendered.` };
}
