import { type HandlerAdapter, handlerLaws } from '@escapement/conformance';
import { EventHandler, type Instant, LoopEvent, type Waiter, type Wakeup } from '@escapement/core';
import type { Broken } from './zoo.js';

/** A word of memory that another thread sets to 1. */
export class Raised extends LoopEvent<void> {
  readonly kind = 'raised-by-thread';
  constructor(readonly word: Int32Array) {
    super();
  }
}

/** Its events come from another thread, here a stand-in. Sound; each of the others below has one mistake. */
export class ThreadHandler extends EventHandler<Raised> {
  override readonly handles = Raised;
  protected readonly waiting = new Map<Waiter<void>, Int32Array>();
  protected wakeup: Wakeup | undefined;

  override arm({ word }: Raised, waiter: Waiter<void>): void {
    this.waiting.set(waiter, word);
  }
  override disarm(_event: Raised, waiter: Waiter<void>): void {
    this.waiting.delete(waiter);
  }
  override poll(_now?: Instant): void {
    for (const [waiter, word] of this.waiting) {
      if (Atomics.load(word, 0) === 0) continue;
      this.waiting.delete(waiter);
      waiter.resolve();
    }
  }
  override inFlight(): number {
    return this.waiting.size;
  }
  override beforeSleep(wakeup: Wakeup): void {
    this.wakeup = wakeup;
    // It may have happened between the poll and now.
    if ([...this.waiting.values()].some(word => Atomics.load(word, 0) === 1)) wakeup.request();
  }
  override close(): void {
    this.waiting.clear();
  }

  /** What the other thread does. */
  raise(word: Int32Array): void {
    Atomics.store(word, 0, 1);
    this.wakeup?.request();
  }
}

class Quiet extends ThreadHandler {
  override raise(word: Int32Array): void {
    Atomics.store(word, 0, 1);
  }
}

class FirstSleepOnly extends ThreadHandler {
  #hasSlept = false;
  override beforeSleep(wakeup: Wakeup): void {
    if (!this.#hasSlept) super.beforeSleep(wakeup);
    this.#hasSlept = true;
  }
  override raise(word: Int32Array): void {
    super.raise(word);
    this.wakeup = undefined;
  }
}

/** As a helper thread does that goes on with the memory that it was started with. */
class FirstLoopOnly extends ThreadHandler {
  override beforeSleep(wakeup: Wakeup): void {
    super.beforeSleep(this.wakeup ?? wakeup);
  }
}

/** What had happened before it got the wakeup waits for the next event. */
class LooksTooEarly extends ThreadHandler {
  override beforeSleep(wakeup: Wakeup): void {
    this.wakeup = wakeup;
  }
}

/** Finds what has happened, but late. */
class LooksByItself extends Quiet {
  #polledAt: Instant = 0;
  override poll(now: Instant = 0): void {
    this.#polledAt = now;
    super.poll();
  }
  override nextDeadline(): Instant {
    return this.waiting.size === 0 ? Infinity : this.#polledAt + 600;
  }
}

class CountsNone extends ThreadHandler {
  override inFlight(): number {
    return 0;
  }
}

class StaysInFlight extends ThreadHandler {
  #count = 0;
  override arm(event: Raised, waiter: Waiter<void>): void {
    this.#count++;
    super.arm(event, waiter);
  }
  override poll(): void {
    const before = this.waiting.size;
    super.poll();
    this.#count -= before - this.waiting.size;
  }
  override inFlight(): number {
    return this.#count;
  }
}

export function threadAdapter(handler: () => ThreadHandler): HandlerAdapter<ThreadHandler> {
  return {
    handler,
    ordered: true,
    pending(handler) {
      const word = new Int32Array(new SharedArrayBuffer(4));
      return { event: new Raised(word), happen: () => handler.raise(word) };
    },
  };
}

const thread = (mistake: string, breaks: string, make: () => ThreadHandler, also: readonly string[] = []): Broken => ({
  mistake,
  breaks,
  also,
  laws: runner => handlerLaws(runner, threadAdapter(make), { seed: 1 }),
});

export const threads: readonly Broken[] = [
  {
    ...thread('does not request the wakeup', 'H11', () => new Quiet()),
    says: /publish first, then request the wakeup/,
  },
  thread('requests the wakeup in the first sleep only', 'H11', () => new FirstSleepOnly()),
  thread('requests the wakeup of its first loop only', 'H11', () => new FirstLoopOnly()),
  thread('does not look again once it has the wakeup', 'H11', () => new LooksTooEarly()),
  thread('looks by itself now and then instead of requesting the wakeup', 'H11', () => new LooksByItself()),
  thread('does not count what the thread ends', 'H10', () => new CountsNone(), ['H11']),
  thread('goes on counting waits that were disarmed', 'H10', () => new StaysInFlight(), ['H15']),
];
