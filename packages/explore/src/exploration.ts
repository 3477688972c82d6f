import {
  checkArgument,
  checkCallback,
  checkCount,
  checkNumber,
  type Duration,
  describe,
  InvalidArgumentError,
  isThenable,
  type Task,
} from '@escapement/core';
import type { LinkFault, LinkOptions } from '@escapement/streams/memory';
import type { Cancellations } from './oracle/cancellations.js';
import type { Oracle } from './oracle/oracle.js';

/** @internal `run.random()` gives so many different numbers. */
export const RANDOM_NUMBERS = 1000;
/** A stream in memory moves all that it could move, or one of so many smaller shares. */
const SHARES = 8;
/** A fault comes after so many bytes at most. */
const FAULTY_BYTES = 64;

/** What goes wrong with a stream in memory that `run.link` describes. */
export interface LinkOfRunOptions {
  /** The most milliseconds from a write until its bytes arrive; each write chooses. Default: 1. */
  readonly latency?: Duration;
  /** Whether reads and writes may move less than they could. Default: true. */
  readonly fragmented?: boolean;
  /** Whether the connection may be reset, ended or stalled. Default: false. */
  readonly faults?: boolean;
}

/**
 * What a program under exploration gets: makes its random choices repeatable, and says what else may happen. Each run has its own.
 *
 * @example
 * await explore(function* (run) {
 *   const worker = yield* spawn(work(), { daemon: true });
 *   run.mayCancel(worker);
 *   if (run.random() < 0.5) yield* sleep(1);
 * });
 */
export class Exploration {
  readonly #checks: (() => unknown)[] = [];

  /** @internal */
  constructor(
    private readonly oracle: Oracle,
    private readonly cancellations: Cancellations,
  ) {}

  /** A number from 0 to 1 (1 excluded), for `Math.random()`: one of a thousand, so that few of them cover much. */
  random(): number {
    return this.oracle.choose('random', RANDOM_NUMBERS) / RANDOM_NUMBERS;
  }

  /**
   * A whole number from 0 to `count - 1`. 0 should be the simplest: failures are shrunk towards it.
   * @throws InvalidCountError
   */
  choose(count: number): number {
    checkCount('the count of run.choose', count, 1, false, 'It is the number of things to choose from.');
    return count === 1 ? 0 : this.oracle.choose('choose', count);
  }

  /**
   * From now on `task` may be cancelled after any step, once. If it is the program's own task, a run in which that happens passes.
   * @throws InvalidArgumentError
   * @example run.mayCancel(yield* spawn(work(), { daemon: true }));
   */
  mayCancel(task: Task): void {
    checkArgument('run.mayCancel', task, 'object', 'a task, as `yield* spawn(...)` returns it');
    checkCallback('run.mayCancel', task.cancel, 'a task, as `yield* spawn(...)` returns it');
    this.cancellations.add(task);
  }

  /**
   * Options for `memoryPair` and `MemoryListener`: latency, pieces and faults of the connection are choices of the exploration.
   * @throws InvalidArgumentError
   * @example const [client, server] = memoryPair(run.link({ faults: true }));
   */
  link(options: LinkOfRunOptions = {}): LinkOptions {
    const {
      latency = 1,
      fragmented = true,
      faults = false,
    } = checkArgument('run.link', options, 'object', 'options like { faults: true }');
    checkNumber('run.link', 'latency', latency, given => given >= 0 && given < Infinity, 'milliseconds, 0 or more');
    return { latency: [0, latency], fragmented, faults: faults ? this.#faults() : [], random: () => this.#share() };
  }

  /**
   * `check` is called after the run if that has not failed; what it throws fails the run. It must not be `async`: a check that returns
   * a promise fails the run, too.
   * @throws InvalidArgumentError
   * @example run.check(() => assert.equal(balance, 100));
   */
  check(check: () => void): void {
    this.#checks.push(checkCallback('run.check', check, 'a function that throws if something is wrong'));
  }

  /** @internal */
  finish(): void {
    for (const check of this.#checks) checkReturned(check());
  }

  /** By itself all at once, and as late as can be. */
  #share(): number {
    const less = this.oracle.choose('link', SHARES + 1);
    return less === 0 ? 1 - 2 ** -32 : 1 - less / SHARES;
  }

  #faults(): LinkFault[] {
    const does = (['none', 'reset', 'end', 'stall'] as const)[this.oracle.choose('link', 4)]!;
    if (does === 'none') return [];
    const after = this.oracle.choose('link', FAULTY_BYTES);
    return [does === 'stall' ? { after, does, lasts: 1000 } : { after, does }];
  }
}

/** A promise that rejects later would pass for a check that holds. */
function checkReturned(returned: unknown): void {
  if (!isThenable(returned)) return;
  (returned as PromiseLike<unknown>).then(undefined, () => {});
  const fault = `a check of run.check returned ${describe(returned)}, expected it to throw or to return at once. Write it without \`async\`, and wait for promises in the program, with \`promises: true\`.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
