/** A figure measured at a size. */
export interface Point {
  readonly size: number;
  readonly value: number;
}

/** The middle value; of an even number of values the mean of the middle two. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The exponent e in value ≈ c · size^e: the slope of the least-squares line through the logarithms. Undefined below two points. */
export function exponentOf(points: readonly Point[]): number | undefined {
  const logarithms = points.filter(({ value }) => value > 0).map(({ size, value }) => ({ x: Math.log(size), y: Math.log(value) }));
  if (new Set(logarithms.map(({ x }) => x)).size < 2) return undefined;
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    logarithms.reduce((sum, point) => sum + of(point), 0) / logarithms.length;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  return mean(({ x, y }) => (x - meanX) * (y - meanY)) / mean(({ x }) => (x - meanX) ** 2);
}
