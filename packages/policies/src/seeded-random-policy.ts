import { checkNumber, type ReadyCause, SchedulingPolicy, type Task } from '@escapement/core';
import { checkOptions } from './check-option.js';

/** Where the random order begins. */
export interface SeededRandomOptions {
  /** A whole number from 0 to 2^32 - 1. By default one that nobody knows before: see `SeededRandomPolicy.seed`. */
  readonly seed?: number;
}

/**
 * A random one of the ready tasks runs next, each with the same chance; in the same order in every run with the same seed.
 *
 * - **Cost**: O(1), no allocation per switch.
 * - **Promises**: the same program, with the same seed, in virtual time, has the same order of steps in each run. Every task
 *   that stays ready runs at some time, with probability 1.
 * - **Choose it** for tests: run a program under many seeds to find out whether it depends on an order that nobody promises.
 *   Show `seed` when a test fails.
 * - **Not** in production: the longest wait has no bound.
 *
 * A task that pauses while no other is ready goes on without a choice.
 *
 * @throws InvalidArgumentError
 * @example
 * const policy = new SeededRandomPolicy();
 * console.log(`seed ${policy.seed}`);
 * createLoop(virtualTimeModule, sleepModule, policyModule(() => policy)).runSync(program);
 */
export class SeededRandomPolicy extends SchedulingPolicy {
  override readonly alias = 'seeded-random';
  /** With it, `new SeededRandomPolicy({ seed })` makes the same choices. */
  readonly seed: number;
  readonly #ready: Task[] = [];
  #state: number;

  constructor(options: SeededRandomOptions = {}) {
    super();
    const { seed = Math.floor(Math.random() * 2 ** 32) } = checkOptions('SeededRandomPolicy', options, '{ seed: 7 }');
    const isSeed = (given: number) => given === given >>> 0;
    this.seed = checkNumber('SeededRandomPolicy', 'seed', seed, isSeed, 'a whole number from 0 to 2^32 - 1');
    this.#state = this.seed;
  }

  override add(task: Task, cause?: ReadyCause): void {
    // Each run begins the sequence anew, so that what an earlier run did makes no difference.
    if (cause === 'spawned' && task.parent === undefined) this.#state = this.seed;
    this.#ready.push(task);
  }

  override next(): Task | undefined {
    const ready = this.#ready;
    const last = ready.pop();
    if (last === undefined || ready.length === 0) return last;
    const index = Math.floor(this.#random() * (ready.length + 1));
    if (index === ready.length) return last;
    const chosen = ready[index];
    ready[index] = last;
    return chosen;
  }

  override choose(count: number): number {
    return Math.floor(this.#random() * count);
  }

  /** From 0 up to 1. Mulberry32. */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
