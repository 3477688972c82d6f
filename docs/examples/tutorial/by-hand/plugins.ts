import { blockFor } from './block-for.js';
import { Event, type Handler, type Policy, type Strategy, type Task } from './tiny-loop.js';

// #region events
/** Happens `duration` milliseconds from now. */
export class Sleep extends Event<void> {
  constructor(readonly duration: number) {
    super();
  }
}

/** Happens when somebody puts a tray on the counter; `yield*` evaluates to it. */
export class NextTray extends Event<string> {}
// #endregion events

// #region handlers
export class SleepHandler implements Handler<Sleep> {
  readonly handles = Sleep;
  #sleepers: { until: number; resume: () => void }[] = [];

  constructor(readonly now: () => number) {}

  arm({ duration }: Sleep, resume: () => void) {
    this.#sleepers.push({ until: this.now() + duration, resume });
    this.#sleepers.sort((a, b) => a.until - b.until);
  }

  poll(now: number) {
    while (this.nextDeadline() <= now) this.#sleepers.shift()!.resume();
  }

  nextDeadline() {
    return this.#sleepers[0]?.until ?? Infinity;
  }
}

export class Counter implements Handler<NextTray> {
  readonly handles = NextTray;
  readonly #waiting: ((tray: string) => void)[] = [];
  readonly #trays: string[] = [];

  arm(_event: NextTray, resume: (tray: string) => void) {
    const tray = this.#trays.shift();
    if (tray === undefined) this.#waiting.push(resume);
    else resume(tray);
  }

  /** Any task may call it. */
  put(tray: string) {
    const resume = this.#waiting.shift();
    if (resume === undefined) this.#trays.push(tray);
    else resume(tray);
  }
}
// #endregion handlers

// #region strategies
export class Blocking implements Strategy {
  now = () => performance.now();

  sleep(until: number) {
    blockFor(until - this.now());
  }
}

export class Jumping implements Strategy {
  #now = 0;
  now = () => this.#now;

  sleep(until: number) {
    this.#now = until;
  }
}
// #endregion strategies

// #region policies
export class FirstComeFirstServed implements Policy {
  readonly #tasks: Task[] = [];

  add(task: Task) {
    this.#tasks.push(task);
  }

  next() {
    return this.#tasks.shift();
  }
}

export class LastComeFirstServed implements Policy {
  readonly #tasks: Task[] = [];

  add(task: Task) {
    this.#tasks.push(task);
  }

  next() {
    return this.#tasks.pop();
  }
}
// #endregion policies
