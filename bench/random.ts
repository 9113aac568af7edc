/** A source of numbers that depends on the seed alone (the generator called mulberry32). */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  whole(below: number): number;
  /** The whole numbers from 0 to `length - 1` in some order. */
  order(length: number): readonly number[];
}

/** A source of numbers for a seed: the same seed gives the same numbers on every machine. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const whole = (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  return {
    whole,
    order(length) {
      const numbers = Array.from({ length }, (_, index) => index);
      for (let last = length - 1; last > 0; last--) {
        const chosen = whole(last + 1);
        const moved = numbers[last] as number;
        numbers[last] = numbers[chosen] as number;
        numbers[chosen] = moved;
      }
      return numbers;
    },
  };
}
