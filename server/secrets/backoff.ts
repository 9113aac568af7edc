const first = 1_000;
const most = 60_000;

/** How long to wait after the `attempt`th failure in a row (from 1), in milliseconds: doubling up to a minute, and a random half of that. */
export function backoff(attempt: number, random: () => number): number {
  const whole = Math.min(first * 2 ** Math.min(attempt - 1, 10), most);
  return whole / 2 + (random() * whole) / 2;
}
