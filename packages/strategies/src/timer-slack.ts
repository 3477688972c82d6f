import { checkArgument, checkNumber, describe } from '@escapement/core';

/** A second. */
const MOST_SLACK = 1e9;

/** An option of strategies that block. */
export interface TimerSlackOptions {
  /**
   * Linux: by how many nanoseconds the system may end a sleep later than asked, to end several together; 1 to 1e9. Set for the
   * thread when a run first sleeps, and set back when the run ends. Where it cannot be set, the strategy works as without
   * this option, and its report says why. Default: the thread's own, as a rule 50,000.
   */
  readonly slack?: number;
}

/** @internal So that reports tell apart strategies with and without the option. */
export function aliasWith(alias: string, { slack }: TimerSlackOptions): string {
  return slack === undefined ? alias : `${alias}-slack-${slack}`;
}

/** What became of the option `slack`, in nanoseconds. */
export interface TimerSlackReport {
  /** As asked for. */
  readonly wanted: number;
  /** The thread's own, before the first run; absent if it could not be read, or no run has slept. */
  readonly before?: number;
  /** What the system made of it during the run. Threads with a real-time priority have none. */
  readonly during?: number;
  /** Why it could not be set, or set back. */
  readonly problem?: string;
}

/** @internal The timer slack of the calling thread, in nanoseconds. Both may throw. */
export interface SlackFile {
  read(): number;
  write(slack: number): void;
}

/** @internal What all strategies of one thread share: the smallest slack that one of them wants applies. */
export class ThreadSlack {
  readonly #file: SlackFile;
  readonly #wanted = new Map<object, number>();
  #before = 0;

  constructor(file: SlackFile) {
    this.#file = file;
  }

  /** @returns the slack of the thread before anybody held it */
  hold(holder: object, slack: number): number {
    if (this.#wanted.size === 0) this.#before = this.#file.read();
    this.#file.write(Math.min(slack, ...this.#wanted.values()));
    this.#wanted.set(holder, slack);
    return this.#before;
  }

  /** The last one gives the thread back what it had. */
  release(holder: object): void {
    if (!this.#wanted.delete(holder)) return;
    this.#file.write(this.#wanted.size === 0 ? this.#before : Math.min(...this.#wanted.values()));
  }

  read(): number {
    return this.#file.read();
  }
}

/**
 * The timer slack of Linux, for strategies that block: the system ends each sleep of a thread up to so many nanoseconds late,
 * 50,000 by default, to end several together. Needs no privilege. Costs some system calls a run, and more wakeups of the CPU.
 *
 * Choose `slack: 1` where sleeps should end as exactly as the system can. It applies to all that the thread waits for.
 * Not worth it where a millisecond does not matter, nor for a thread of a real-time priority, which has no slack.
 *
 * A strategy calls `begin` before each sleep, and `end` in its `close`. Never throws there: see `report`.
 *
 * @example
 * class NapStrategy extends SleepStrategy {
 *   readonly #slack = TimerSlack.of('new NapStrategy', { slack: 1 });
 *   sleep(until: Instant, wakeup: Wakeup) {
 *     this.#slack?.begin();
 *     this.#nap(until, wakeup);
 *   }
 *   override close() {
 *     this.#slack?.end();
 *   }
 * }
 */
export class TimerSlack {
  readonly #wanted: number;
  readonly #thread: ThreadSlack;
  #hasBegun = false;
  #report: TimerSlackReport;

  /** @internal */
  constructor(wanted: number, thread: ThreadSlack) {
    this.#wanted = wanted;
    this.#thread = thread;
    this.#report = { wanted };
  }

  /**
   * @param caller who got the options, for errors: `new NapStrategy`
   * @returns undefined if the options ask for no slack
   * @throws InvalidArgumentError
   */
  static of(caller: string, options: TimerSlackOptions): TimerSlack | undefined {
    const { slack } = checkArgument(caller, options, 'object', 'an object of options, like { slack: 1 }');
    if (slack === undefined) return undefined;
    const isValid = (given: number) => Number.isInteger(given) && given >= 1 && given <= MOST_SLACK;
    const expected = 'a whole number of nanoseconds, 1 to 1e9';
    return new TimerSlack(checkNumber(caller, 'slack', slack, isValid, expected), thisThread);
  }

  /** Sets the slack of the thread, unless it is set already. Call it before each sleep. */
  begin(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const wanted = this.#wanted;
    this.#report = { wanted };
    this.#attempt(() => {
      this.#report = { wanted, before: this.#thread.hold(this, wanted) };
      this.#report = { ...this.#report, during: this.#thread.read() };
    });
  }

  /** Sets it back. A later `begin` sets it again. */
  end(): void {
    this.#hasBegun = false;
    this.#attempt(() => this.#thread.release(this));
  }

  /** What became of it. */
  get report(): TimerSlackReport {
    return this.#report;
  }

  /** The same in a line for people. */
  get summary(): string {
    const { wanted, before, during, problem } = this.#report;
    if (problem !== undefined) return `timer slack: ${wanted} ns could not be set or set back, ${problem}`;
    if (during === undefined) return `timer slack: ${wanted} ns from the first sleep of a run on`;
    const kept =
      during === wanted ? '' : `, and not ${wanted}: the system or another strategy of the thread decided so`;
    return `timer slack: ${during} ns while it runs${kept}, ${before} ns otherwise`;
  }

  #attempt(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#report = { ...this.#report, problem: describe(error) };
    }
  }
}

/** Sought at each call: a page has no files, and a worker thread is another thread. */
const thisThread = new ThreadSlack({
  read: () => Number(files().readFileSync(path(), 'utf8')),
  write: slack => files().writeFileSync(path(), String(slack)),
});

/** The file system without an import, which a page could not load. */
function files(): typeof import('node:fs') {
  const found = globalThis.process?.getBuiltinModule?.('node:fs');
  if (found === undefined) throw new Error('this host has no node:fs');
  return found;
}

/** Under the number of the thread, because `/proc/thread-self` itself has no such file. */
function path(): string {
  return `/proc/${files().readlinkSync('/proc/thread-self').split('/').at(-1)}/timerslack_ns`;
}
