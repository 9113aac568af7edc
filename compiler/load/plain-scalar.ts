/** What a scalar without quotes or tag can stand for. */
export type PlainValue = string | number | boolean | null;

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** Booleans of YAML 1.1 only. */
const oldWords: ReadonlyMap<string, boolean> = new Map<string, boolean>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const based = /^([-+]?)0([xXoObB]?)([0-9a-fA-F]+)$/;
const special = /^(?:([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/**
 * Reads a plain scalar as kubectl does (sigs.k8s.io/yaml), because that is what the cluster has: YAML 1.2's core schema,
 * plus the booleans (`yes`, `off`), octal (`010`), binary (`0b1`) and spaced (`1_000`) numbers of YAML 1.1.
 * `isAmbiguous` tells where the two versions part.
 */
export function readPlain(source: string): PlainValue {
  if (source.length <= 5) {
    const word = words.get(source) ?? oldWords.get(source);
    if (word !== undefined) return word;
    if (words.has(source)) return null;
  }
  return readNumber(source) ?? source;
}

/** Whether YAML 1.1, and with it kubectl, reads a plain scalar otherwise than YAML 1.2 does. */
export function isAmbiguous(source: string): boolean {
  if (source.length <= 3 && oldWords.has(source)) return true;
  if (!canBeNumber(source)) return false;
  const value = readNumber(source);
  if (value === undefined) return false;
  if (float.test(source)) return value !== Number(source) + 0;
  return !special.test(source) && !/^0(?:x[0-9a-fA-F]+|o[0-7]+)$/.test(source);
}

function canBeNumber(source: string): boolean {
  const first = source.charCodeAt(0);
  // Digits, plus, minus, dot.
  return (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
}

function readNumber(source: string): number | undefined {
  if (!canBeNumber(source)) return undefined;
  // `+ 0` turns -0 into 0: JSON has only one zero.
  if (decimal.test(source)) return Number(source) + 0;
  const digits = source.startsWith('.') ? source : source.replaceAll('_', '');
  const inBase = based.exec(digits);
  if (inBase) {
    const [, sign = '', letter = '', rest = ''] = inBase;
    const value = readDigits(rest, letter.toLowerCase());
    if (value !== undefined) return (sign === '-' ? -value : value) + 0;
  }
  if (float.test(digits)) return Number(digits) + 0;
  const named = special.exec(digits);
  if (named) return digits.endsWith('n') || digits.endsWith('N') ? NaN : named[1] === '-' ? -Infinity : Infinity;
  return undefined;
}

function readDigits(digits: string, letter: string): number | undefined {
  const [base, allowed] =
    letter === 'x' ? [16, /^[0-9a-fA-F]+$/] as const : letter === 'b' ? [2, /^[01]+$/] as const : [8, /^[0-7]+$/] as const;
  return allowed.test(digits) ? Number.parseInt(digits, base) : undefined;
}
