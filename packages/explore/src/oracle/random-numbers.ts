import { seeded } from '@escapement/streams/memory';

/** A whole number from 0 to `count - 1`. */
export type Below = (count: number) => number;

/** The same numbers each time for the same seed. */
export function randomNumbers(seed: number): Below {
  const random = seeded(seed);
  return count => Math.floor(random() * count);
}

/** The seed of one run. Neighbouring seeds and runs have nothing in common. */
export function seedOfRun(seed: number, run: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(run, 0x85ebca6b);
}
