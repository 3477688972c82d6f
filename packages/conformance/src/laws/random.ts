import { host } from './host.js';

/** A source of random numbers that gives the same ones for the same seed. */
export class Random {
  #state: number;

  /** @param seed a whole number */
  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1. (This is mulberry32.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number: at least 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** From the option, the environment variable `CONFORMANCE_SEED`, or by chance. */
export function chooseSeed(given: number | undefined): number {
  const fromEnvironment = Number(host.process?.env?.CONFORMANCE_SEED ?? Number.NaN);
  if (given !== undefined) return given;
  return Number.isInteger(fromEnvironment) ? fromEnvironment : Math.floor(Math.random() * 2 ** 31);
}
