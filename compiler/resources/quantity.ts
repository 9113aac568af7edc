const quantity = /^\+?([0-9]*)\.?([0-9]*)(n|u|m|k|M|Ki|Mi|[eE][+-]?[0-9])?$/;

const powersOfTen: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6 };
const factors: Readonly<Record<string, bigint>> = { Ki: 1024n, Mi: 1024n * 1024n };

/**
 * Brings Kubernetes resource quantities (`1`, `500m`, `0.5`, `1k`) to whole numbers in one common unit: the largest power
 * of ten in which none has a fraction. Their ratios stay as they are. The schema has checked how they are written.
 */
export function wholeWeights(written: readonly (number | string)[]): readonly number[] {
  const parsed = written.map((weight) => parse(String(weight)));
  const unit = Math.min(0, ...parsed.filter(({ digits }) => digits !== 0n).map(({ exponent }) => exponent));
  return parsed.map(({ digits, exponent }) => (digits === 0n ? 0 : Number(digits * 10n ** BigInt(exponent - unit))));
}

const suffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/** A resource quantity as a number, near enough to compare two. The schema has checked how it is written. */
export function quantityValue(written: number | string): number {
  const [, digits = '', suffix = ''] = /^\+?([0-9.]+)(.*)$/.exec(String(written)) ?? [];
  if (/^[eE]./.test(suffix)) return Number(digits + suffix);
  const step = suffixes.indexOf(suffix === 'Ki' ? 'k' : suffix.replace('i', '')) - suffixes.indexOf('');
  return Number(digits) * (suffix.endsWith('i') ? 1024 : 1000) ** step;
}

/** digits × 10^exponent, with no zero at the end of `digits` below the point. */
function parse(text: string): { digits: bigint; exponent: number } {
  const [, whole = '', fraction = '', suffix = ''] = quantity.exec(text) ?? [];
  const power = /^[eE]/.test(suffix) ? Number(suffix.slice(1)) : (powersOfTen[suffix] ?? 0);
  let digits = BigInt(`${whole}${fraction}` || '0') * (factors[suffix] ?? 1n);
  let exponent = power - fraction.length;
  while (digits !== 0n && exponent < 0 && digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { digits, exponent };
}
