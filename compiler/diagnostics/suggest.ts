/**
 * The candidate that `name` was probably meant to be ("did you mean"), or undefined where none is close.
 * Close: the same but for letter case, or at most a third of the longer one's length in insertions, deletions,
 * substitutions and swaps of neighbours. Of equally close ones the first in code unit order, whatever order they come in.
 */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const lower = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const limit = Math.min(bestDistance, Math.floor(Math.max(name.length, candidate.length) / 3));
    const other = candidate.toLowerCase();
    const distance = other === lower ? 0 : editDistance(lower, other, limit);
    if (distance < bestDistance || (distance === bestDistance && best !== undefined && candidate < best)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance; Infinity where it is above `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    // Only cells within `limit` of the diagonal can stay within it: the rest of the row is left at Infinity.
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    const row: number[] = new Array(b.length + 1).fill(Infinity);
    if (from === 1) row[0] = i;
    let lowest = row[0] ?? Infinity;
    for (let j = from; j <= to; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? Infinity) + 1, (row[j - 1] ?? Infinity) + 1, (last[j - 1] ?? Infinity) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? Infinity) + 1);
      }
      row[j] = cost;
      lowest = Math.min(lowest, cost);
    }
    // A swap looks two rows back, so the row before counts as well.
    if (lowest > limit && Math.min(...last) > limit) return Infinity;
    beforeLast = last;
    last = row;
  }
  const distance = last[b.length] ?? Infinity;
  return distance <= limit ? distance : Infinity;
}
