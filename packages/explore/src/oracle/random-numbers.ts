/** A whole number from 0 to `count - 1`. */
export type Below = (count: number) => number;

/** The same numbers each time for the same seed. Mulberry32: all seeds are good. */
export function randomNumbers(seed: number): Below {
  let state = seed >>> 0;
  return count => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
}

/** The seed of one run. Neighbouring seeds and runs have nothing in common. */
export function seedOfRun(seed: number, run: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(run, 0x85ebca6b);
}
