import type { Quantile } from '../results/results.js';
import { seededRandom } from './random.js';
import { normalTail, studentsT } from './students-t.js';

/** A tail with fewer samples beyond says nothing: it is where those few happened to lie. */
const LEAST_BEYOND = 10;

/** With fewer rounds there is no telling how much they scatter. */
const LEAST_ROUNDS = 5;

const CONFIDENCE = 0.95;
const RESAMPLES = 1000;

/** A block of samples is the unit of the search in `Pool`: it bounds what a pool of many rounds takes. */
const BLOCKS = 64;

/**
 * Quantiles of the samples of all rounds, each with the interval that holds it with 95 % confidence.
 *
 * The samples within a round depend on each other, as the machine was in one state, so the intervals come from resampled
 * rounds, not samples. The outermost 2.5 % of few resamples lie too far inside; so we take the share that makes up for it
 * with the mean of normal figures (Hesterberg's expanded percentile interval). For five rounds that is about their range.
 * A tail is made by its worst rounds, of which few happened; so its interval reaches up at least as far as down, as a ratio.
 *
 * @param rounds the samples of each round, in any unit
 * @param shares 0.99 for the value below which 99 % of the samples lie
 * @returns for each share: null if it is above a half and fewer than ten samples lie beyond. The interval is null with fewer
 *   than five rounds. The same rounds give the same intervals.
 */
export function quantilesOf(
  rounds: readonly (readonly number[])[],
  shares: readonly number[],
): readonly (Quantile | null)[] {
  const filled = rounds.filter(samples => samples.length > 0);
  const pool = new Pool(filled);
  const told = shares.filter(share => isSupported(pool.size, share));
  const once = new Float64Array(filled.length).fill(1);
  const intervals = filled.length < LEAST_ROUNDS ? told.map(() => null) : intervalsOf(pool, told);
  return shares.map(share => {
    const index = told.indexOf(share);
    if (index === -1) return null;
    const value = pool.quantile(share, once);
    const interval = intervals[index]!;
    return { value, interval: interval && share > 0.5 ? reachingUp(value, interval) : interval };
  });
}

/** Whether so many samples tell a quantile: half of them lie beyond the median, and ten must lie beyond a higher one. */
export function isSupported(count: number, share: number): boolean {
  // Minus an epsilon, because 1 - 0.99 is slightly above 0.01.
  return count > 0 && (share <= 0.5 || count * (1 - share) > LEAST_BEYOND - 1e-6);
}

/** The value below which a share of the values lies, between two of them by linear interpolation. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  return below + (sorted[Math.ceil(position)]! - below) * (position % 1);
}

function intervalsOf(pool: Pool, shares: readonly number[]): (readonly [number, number])[] {
  const random = seededRandom(pool.size);
  const found = shares.map(() => new Float64Array(RESAMPLES));
  for (let n = 0; n < RESAMPLES; n++) {
    const weights = drawnRounds(pool.rounds, random);
    for (const [index, share] of shares.entries()) found[index]![n] = pool.quantile(share, weights);
  }
  const outside = expandedTail(pool.rounds) / 2;
  return found.map(values => {
    const sorted = values.sort();
    return [quantileOf(sorted, outside), quantileOf(sorted, 1 - outside)];
  });
}

function reachingUp(value: number, [low, high]: readonly [number, number]): readonly [number, number] {
  const asFar = low > 0 ? (value * value) / low : 2 * value - low;
  return [low, Math.max(high, asFar)];
}

/** How often each round is in a resample of as many rounds. */
function drawnRounds(rounds: number, random: () => number): Float64Array {
  const weights = new Float64Array(rounds);
  for (let n = 0; n < rounds; n++) weights[Math.floor(random() * rounds)]!++;
  return weights;
}

/** The share of the resamples to leave out, for both ends together. */
function expandedTail(rounds: number): number {
  return normalTail(Math.sqrt(rounds / (rounds - 1)) * studentsT(CONFIDENCE, rounds - 1));
}

/** The samples of some rounds, sorted once: in a resample of rounds only their weights are others. */
class Pool {
  readonly #values: Float64Array;
  readonly #roundOf: Uint32Array;
  readonly #blockSize: number;
  /** How many samples of each round lie before each block. */
  readonly #before: readonly Uint32Array[];
  readonly #sizes: Uint32Array;

  constructor(rounds: readonly (readonly number[])[]) {
    const values = Float64Array.from(rounds.flat());
    const roundOf = Uint32Array.from(rounds.flatMap((samples, round) => samples.map(() => round)));
    const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
    this.#values = Float64Array.from(order, index => values[index]!);
    this.#roundOf = Uint32Array.from(order, index => roundOf[index]!);
    this.#sizes = Uint32Array.from(rounds, samples => samples.length);
    this.#blockSize = Math.ceil(values.length / BLOCKS);
    this.#before = this.#countBlocks();
  }

  /** How many samples there are. */
  get size(): number {
    return this.#values.length;
  }

  /** How many rounds there are. */
  get rounds(): number {
    return this.#sizes.length;
  }

  /** As `quantileOf`, if each sample were there as often as the weight of its round says. */
  quantile(share: number, weights: Float64Array): number {
    const position = share * (weighted(this.#sizes, weights) - 1);
    const [below, above] = this.#at(Math.floor(position), weights);
    return below + (above - below) * (position % 1);
  }

  /** The sample at this place of the weighted samples, and the next. */
  #at(place: number, weights: Float64Array): [number, number] {
    const block = this.#blockOf(place, weights);
    let index = block * this.#blockSize;
    let passed = weighted(this.#before[block]!, weights) + weights[this.#roundOf[index]!]!;
    while (passed <= place) passed += weights[this.#roundOf[++index]!]!;
    const value = this.#values[index]!;
    if (passed > place + 1) return [value, value];
    while (passed <= place + 1 && index < this.size - 1) passed += weights[this.#roundOf[++index]!]!;
    return [value, this.#values[index]!];
  }

  /** The last block that begins at this place or before. */
  #blockOf(place: number, weights: Float64Array): number {
    let [low, high] = [0, this.#before.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (weighted(this.#before[middle]!, weights) <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  #countBlocks(): Uint32Array[] {
    const counts = new Uint32Array(this.rounds);
    const blocks: Uint32Array[] = [];
    for (const [index, round] of this.#roundOf.entries()) {
      if (index % this.#blockSize === 0) blocks.push(counts.slice());
      counts[round]!++;
    }
    return blocks;
  }
}

function weighted(counts: Uint32Array, weights: Float64Array): number {
  let sum = 0;
  for (let round = 0; round < counts.length; round++) sum += counts[round]! * weights[round]!;
  return sum;
}
