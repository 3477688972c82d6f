import {
  checkArgument,
  checkCallback,
  checkCount,
  checkNumber,
  type Duration,
  hostTurn,
  type Instant,
  SleepStrategy,
  type Wakeup,
} from '@escapement/core';
import { HostActivity } from './host-activity.js';
import { realTime } from './real-time.js';
import { VirtualClock } from './virtual-clock.js';

// This package loads no types of a host, so it declares those that it uses.
declare const performance: { now(): Instant };

/** When promises count as settled, and how long real operations are waited for. */
export interface SettlingOptions {
  /** So many turns of the host in a row must make no task ready before time jumps. Default: 3. */
  readonly quietTurns?: number;
  /** The most real milliseconds, before a jump, in which the host is busy and makes no task ready. Default: 1000. */
  readonly patience?: Duration;
  /**
   * Whether the host works at something that may settle a promise. Called once a turn. The default asks Node about files, sockets,
   * look-ups, processes and immediates. It leaves out timers of the host, of which a test runner has one for each test, and does not
   * know what the host's threads compute (`zlib`, `crypto`, `WebAssembly`). For these pass a function that knows, or `() => true`:
   * each jump takes `patience` then.
   */
  readonly isHostBusy?: () => boolean;
}

/** At first the turns of the host follow one another; after so many it gets a millisecond at a time, which takes less CPU. */
const SWIFT_TURNS = 100;
/** The limit of `setTimeout`: 2^31 - 1 milliseconds. */
const LONGEST_TIMEOUT: Duration = 2 ** 31 - 1;

/**
 * Lets the host settle its promises, and then lets time pass by jumping to the next deadline. For tests of programs that sleep
 * and wait for promises: each promise settles at the virtual instant at which it was made, however long it takes in reality.
 *
 * Before a jump it gives the host turns, each with all microtasks and the immediates that are due, until `quietTurns` of them in a
 * row have made no task ready and the host was not busy in any of them. As long as it is busy it gets real time, for `patience` at
 * most; what it works at then counts as idle from there on. So:
 *
 * - Promises that settle by microtasks and `setImmediate`, in chains of any length, settle exactly: no time passes.
 * - So do those of files, sockets, look-ups and processes, unless they take longer than `patience`. The host's own timers and what
 *   its threads compute are not waited for, unless `isHostBusy` says so.
 * - A promise that nothing will settle holds nothing up: the time limit around it comes at its virtual instant.
 *
 * Without a deadline it waits for the host in real time, for ever.
 *
 * Cost: some microseconds for each jump. Lateness: none. The same run each time, if only promises of the first kind are in it.
 * A task that only pauses, in a loop, lets neither time pass nor the host run.
 * Choose it for tests; without promises `VirtualTimeStrategy` is simpler, and works in `runSync`.
 */
export class SettlingTimeStrategy extends SleepStrategy {
  override readonly alias = 'settling-time';
  override readonly waits = 'yields';
  readonly #quietTurns: number;
  readonly #patience: Duration;
  readonly #activity = new HostActivity();
  readonly #isHostBusy: () => boolean;

  /** @throws InvalidArgumentError, InvalidCountError for wrong options */
  constructor(
    override readonly clock: VirtualClock,
    options: SettlingOptions = {},
  ) {
    super();
    const caller = 'SettlingTimeStrategy';
    checkArgument(caller, options, 'object', 'options like { patience: 100 }');
    const { quietTurns = 3, patience = 1000, isHostBusy = () => this.#activity.isBusy() } = options;
    checkCount(`quietTurns of ${caller}`, quietTurns, 1, false, 'With 1, a single turn of the host must be quiet.');
    this.#quietTurns = quietTurns;
    this.#patience = checkNumber(caller, 'patience', patience, given => given >= 0, 'real milliseconds, 0 or more');
    this.#isHostBusy = checkCallback(`${caller} for \`isHostBusy\``, isHostBusy, 'a function that returns a boolean');
  }

  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    // Tasks are always ready: the host gets its turn.
    if (until <= this.clock.now()) return hostTurn();
    const began = performance.now();
    for (let quiet = 0, turns = 0; quiet < this.#quietTurns; turns++) {
      if (wakeup.requested) return;
      await (turns < SWIFT_TURNS ? hostTurn() : realTime(wakeup, 1));
      quiet = this.#mustWait(began) ? 0 : quiet + 1;
    }
    if (wakeup.requested) return;
    if (until === Infinity) return realTime(wakeup, LONGEST_TIMEOUT);
    // The host may have moved the clock.
    if (until > this.clock.now()) this.clock.advanceTo(until);
  }

  /** What is active now belongs to no later run. */
  override close(): void {
    this.#activity.takeAsIdle();
  }

  #mustWait(began: Instant): boolean {
    if (!this.#isHostBusy()) return false;
    if (performance.now() - began < this.#patience) return true;
    this.#activity.takeAsIdle();
    return false;
  }
}
