/** The largest sum of weights that Envoy takes in one list. */
const largestSum = 4_294_967_295n;

/** A part of a whole, exact. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const whole: Fraction = { numerator: 1n, denominator: 1n };

/** The product of two fractions. */
export function times(a: Fraction, b: Fraction): Fraction {
  return reduced(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** The sum of two fractions; nothing counts as 0. */
export function plus(a: Fraction | undefined, b: Fraction): Fraction {
  if (!a) return b;
  return reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

/** In lowest terms: splits that share backends would double the length of the numbers with each level. */
function reduced(numerator: bigint, denominator: bigint): Fraction {
  const divisor = gcd(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/**
 * Whole numbers in the same proportion, in lowest terms. Where their sum would be more than Envoy takes they are scaled
 * down: proportions then hold to a part in four thousand million, and no positive share becomes 0.
 */
export function wholeWeights(fractions: readonly Fraction[]): readonly number[] {
  const common = fractions.reduce((lcm, { denominator }) => (lcm / gcd(lcm, denominator)) * denominator, 1n);
  return fitted(fractions.map(({ numerator, denominator }) => numerator * (common / denominator)));
}

/** The weights as they are where Envoy takes their sum, else in lowest terms or scaled down. */
export function fittingWeights(weights: readonly number[]): readonly number[] {
  const exact = weights.map(BigInt);
  return sum(exact) <= largestSum ? weights : fitted(exact);
}

function fitted(weights: readonly bigint[]): readonly number[] {
  const divisor = weights.reduce(gcd, 0n);
  const lowest = divisor > 1n ? weights.map((weight) => weight / divisor) : weights;
  const total = sum(lowest);
  if (total <= largestSum) return lowest.map(Number);
  // Room for the ones that are raised to 1.
  const room = largestSum - BigInt(lowest.length);
  return lowest.map((weight) => {
    const scaled = (weight * room) / total;
    return Number(weight > 0n && scaled === 0n ? 1n : scaled);
  });
}

function sum(weights: readonly bigint[]): bigint {
  return weights.reduce((a, b) => a + b, 0n);
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
