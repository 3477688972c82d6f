import { blockFor } from './block-for.js';
import { Event, type Handler, type Policy, type Strategy, type Task } from './tiny-loop.js';

// #region events
/** Happens `duration` milliseconds from now. */
export class Sleep extends Event<void> {
  constructor(readonly duration: number) {
    super();
  }
}

/** Happens when a cup is on the shelf; `yield*` evaluates to it. */
export class NextCup extends Event<string> {}
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

export class Shelf implements Handler<NextCup> {
  readonly handles = NextCup;
  readonly #waiting: ((cup: string) => void)[] = [];
  readonly #cups: string[] = [];

  arm(_event: NextCup, resume: (cup: string) => void) {
    const cup = this.#cups.shift();
    if (cup === undefined) this.#waiting.push(resume);
    else resume(cup);
  }

  /** Any task may call it; it does not wait. */
  put(cup: string) {
    const resume = this.#waiting.shift();
    if (resume === undefined) this.#cups.push(cup);
    else resume(cup);
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
