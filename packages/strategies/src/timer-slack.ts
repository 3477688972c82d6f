import { checkArgument, checkNumber, describe } from '@escapement/core';
import type { StrategyReport } from './strategy-report.js';
import { type ThreadSlack, thisThread } from './thread-slack.js';

/** A second. */
const MOST_SLACK = 1e9;

/** An option of strategies that block. */
export interface TimerSlackOptions {
  /**
   * Linux: how many nanoseconds late the system may end a sleep, in order to end several together; 1 to 1e9. Set for the
   * thread when a run first sleeps, and set back when the run ends. Where it cannot be set, the strategy works as without
   * this option, and its report says why. Default: the thread's own, as a rule 50,000.
   */
  readonly slack?: number;
}

/** What became of the option `slack`. All in nanoseconds. */
export interface TimerSlackState {
  /** As asked for. */
  readonly wanted: number;
  /** The thread's own, which it has outside of runs; absent until a run has slept, and if it could not be set. */
  readonly before?: number;
  /** What the system made of it. A thread of a real-time priority has none. */
  readonly during?: number;
  /** Why it could not be set, or set back. */
  readonly problem?: string;
}

/** What a strategy reports that has the option `slack`. */
export interface TimerSlackReport extends StrategyReport {
  /** Absent without the option. */
  readonly timerSlack?: TimerSlackState;
}

/**
 * The timer slack of Linux, for strategies that block: how late the system may end each sleep of the thread, to end several
 * together. Needs no privilege, and works in worker threads. Costs a few system calls a run, and more wakeups of the CPU.
 *
 * Choose `slack: 1` where sleeps should end as exactly as the system can. It applies to all that the thread waits for, and if
 * several strategies of a thread ask for one at the same time, the smallest does. Not for threads of a real-time priority, which
 * have no slack, and not where a tenth of a millisecond does not matter.
 *
 * A strategy calls `begin` at the start of each sleep, and `end` in its `close`. Neither ever throws.
 *
 * @example
 * class NapStrategy extends SleepStrategy {
 *   readonly #slack = new TimerSlack('new NapStrategy', { slack: 1 });
 *   sleep(until: Instant, wakeup: Wakeup) {
 *     this.#slack.begin();
 *     this.#nap(until, wakeup);
 *   }
 *   override close() {
 *     this.#slack.end();
 *   }
 *   report() {
 *     return this.#slack.report();
 *   }
 * }
 */
export class TimerSlack {
  readonly #thread: ThreadSlack;
  readonly #wanted: number | undefined;
  #hasBegun = false;
  #state: TimerSlackState | undefined;

  /**
   * @param caller who got the options, for errors: `new NapStrategy`
   * @param thread for tests: another one than the calling thread
   * @throws InvalidArgumentError
   */
  constructor(caller: string, options: TimerSlackOptions, thread: ThreadSlack = thisThread) {
    const { slack } = checkArgument(caller, options, 'object', 'an object of options, like { slack: 1 }');
    this.#thread = thread;
    this.#wanted = slack;
    if (slack === undefined) return;
    const isValid = (given: number) => Number.isInteger(given) && given >= 1 && given <= MOST_SLACK;
    checkNumber(caller, 'slack', slack, isValid, 'a whole number of nanoseconds, 1 to 1e9');
    this.#state = { wanted: slack };
  }

  /** Whether the options ask for one. Without, nothing here does anything. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  /** `atomics-wait-slack-1`: reports should tell strategies with and without it apart. */
  aliasFor(alias: string): string {
    return this.isWanted ? `${alias}-slack-${this.#wanted}` : alias;
  }

  /** Sets the slack of the thread, unless that is done. Call it at the start of each sleep. */
  begin(): void {
    if (this.#hasBegun || this.#wanted === undefined) return;
    this.#hasBegun = true;
    const wanted = this.#wanted;
    this.#state = { wanted };
    this.#attempt(() => {
      this.#state = { wanted, ...this.#thread.hold(this, wanted) };
    });
  }

  /** Sets it back, until the next `begin`. */
  end(): void {
    this.#hasBegun = false;
    this.#attempt(() => this.#thread.release(this));
  }

  /** What became of it. */
  report(): TimerSlackReport {
    return this.#state === undefined ? { summary: [] } : { summary: [lineOf(this.#state)], timerSlack: this.#state };
  }

  #attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#state = { ...this.#state!, problem: describe(error) };
    }
  }
}

function lineOf({ wanted, before, during, problem }: TimerSlackState): string {
  if (problem !== undefined && before === undefined) return `timer slack: ${wanted} ns could not be set: ${problem}`;
  if (problem !== undefined) return `timer slack: ${during} ns, and ${before} ns could not be set back: ${problem}`;
  if (before === undefined) return `timer slack: ${wanted} ns from the first sleep of a run on`;
  const why =
    during === wanted ? '' : ` (not ${wanted}: the thread has a real-time priority, or another strategy wants less)`;
  return `timer slack: ${during} ns in a run${why}, ${before} ns otherwise`;
}
