import { RE2JS } from 're2js';
import { programSize } from './re2-program-size.ts';
import type { Program } from './re2-nodes.ts';

/** Envoy refuses larger programs, unless its runtime key `re2.max_program_size.error_level` says otherwise. */
const maxProgramSize = 100;

/** No regex of that size is written by hand, and none fits into Envoy's limit, unless it says everything twice. */
const maxLength = 1024;

/** Bounds the time that a compilation takes: what repeats more makes far too large a program. */
const maxRepetition = 20_000;

/** From here on the size isn't found out exactly: no simplification of RE2's would make so many instructions few enough. */
const maxInstructions = 6000;

/**
 * Plain paths with simple classes and choices between words in them: nothing that RE2 could refuse. Each of their
 * characters makes an instruction at most, or two where it is a sign: most regexes need no more than this look.
 */
const plain = /^\^?(?:[A-Za-z0-9/_-]|\\[./-]|(?:\.|\[\^\/\]|\\[dw]|\[(?:a-z|A-Z|0-9|a-f|A-F|_|\.)+\])[*+]?|\(\/\.\*\)\?|\([a-z0-9/_-]+(?:\|[a-z0-9/_-]+)*\))+\$?$/;

/**
 * Why an Envoy 1.40 without special settings refuses a regular expression in a path or header match, or undefined where
 * it takes it. Envoy compiles it with RE2 in Latin-1, byte by byte (`é` is two characters): so does this.
 * Stricter than Envoy in two things, both of no use: `\C`, and two groups of one name.
 */
export function regexProblem(pattern: string): string | undefined {
  if (pattern.length <= maxProgramSize && isPlainAndSmall(pattern)) return undefined;
  if (pattern === '') return 'it is empty';
  if (pattern.length > maxLength) return `it has ${pattern.length} characters; at most ${maxLength} are taken`;
  if (/\p{Surrogate}/u.test(pattern)) return 'it is not valid Unicode';
  const escape = largeEscape(pattern);
  if (escape !== undefined) return `invalid escape sequence: ${escape} is above \\x{FF}`;
  if (pattern.length * repetitionsIn(pattern) > maxRepetition) return 'it is too large: it repeats too much';
  let compiled: unknown;
  try {
    compiled = RE2JS.compile(latin1Bytes(pattern));
  } catch (error) {
    // Whatever it throws, nothing but RE2's own words is passed on; a nesting that exhausts the stack is refused as well.
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'RE2 cannot read it';
  }
  // The program is not part of re2js's declared types.
  const { prog } = (compiled as { readonly re2Input: { readonly prog: Program } }).re2Input;
  // From here on the work is no longer linear; and so many instructions are too many, however RE2 simplifies.
  const size = prog.inst.length > maxInstructions ? prog.inst.length : programSize(prog, pattern);
  if (size <= maxProgramSize) return undefined;
  return `it is too large: RE2 makes ${size} instructions of it, and Envoy takes at most ${maxProgramSize}`;
}

function isPlainAndSmall(pattern: string): boolean {
  return plain.test(pattern) && 4 + pattern.length + pattern.replace(/[A-Za-z0-9/_-]/g, '').length <= maxProgramSize;
}

/** The sum of all counts in `{…}`. */
function repetitionsIn(pattern: string): number {
  let sum = 0;
  for (const [, least, most] of pattern.matchAll(/\{([0-9]{1,5})(?:,([0-9]{0,5}))?\}/g)) sum += Math.max(Number(least), Number(most ?? 0));
  return sum;
}

/** The pattern's bytes in UTF-8, a character each. */
function latin1Bytes(pattern: string): string {
  return /^[\x01-\x7f]*$/.test(pattern) ? pattern : String.fromCharCode(...new TextEncoder().encode(pattern));
}

/** The first `\x{…}` that no byte can be. */
function largeEscape(pattern: string): string | undefined {
  for (const [escape, digits] of pattern.matchAll(/\\(?:x\{([0-9A-Fa-f]+)\}|[^])/g)) {
    if (digits !== undefined && Number.parseInt(digits, 16) > 0xff) return escape;
  }
  return undefined;
}
