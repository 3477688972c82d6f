import { type Coroutine, checkCount, type Scope, shield, type Waiter, WaitQueue } from '@escapement/core';
import type { Acquire } from './acquire.js';
import { titled } from './describe.js';
import type { Lock } from './lock.js';
import { SourceEvent } from './sync-event.js';

/** The event in the midst of `condition.wait()`. */
export class Notified extends SourceEvent<void, Condition> {
  override get kind() {
    return 'notified' as const;
  }

  /** A notification is for those who wait already. */
  override attempt(): undefined {
    return undefined;
  }
}

/**
 * Waiting for a change of what a lock guards: `wait` releases the lock, waits for a notification, and acquires it again.
 * In between others may have held the lock, so look again: `while (!ready) yield* condition.wait()`.
 *
 * Cost of a wait: two switches, or one if the lock is free when its turn comes.
 * Cancellation: `wait` holds the lock again before it throws `Cancelled`, so the `finally` around it may release it; it may
 * have to wait for that, shielded. A notification that finds its receiver cancelled goes to the next one.
 *
 * @example
 * const lock = new Lock(), changed = new Condition(lock);
 * yield* lock.with(function* () {
 *   while (stock === 0) yield* changed.wait();
 *   stock--;
 * });
 * // elsewhere: stock++; changed.notify();
 */
export class Condition {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #notified = new Notified(this);

  /** @param name for deadlock reports */
  constructor(
    readonly lock: Lock,
    readonly name?: string,
  ) {}

  /**
   * Releases the lock, waits for a notification, and acquires the lock again, also when it throws.
   *
   * @throws LockNotHeldError if the task does not hold the lock
   */
  *wait(): Coroutine<void, Notified | Acquire | Scope> {
    this.lock.releaseTo('waited on a condition of');
    let isNotified = false;
    try {
      yield* this.#notified;
      isNotified = true;
      yield* this.lock.acquire();
    } catch (error) {
      if (isNotified) this.notify();
      if (!this.lock.tryAcquire()) yield* shield(this.lock.acquire());
      throw error;
    }
  }

  /**
   * Wakes the first `count` of those who wait. Who notifies need not hold the lock: between a look and a wait no other
   * task runs.
   *
   * @throws InvalidCountError
   */
  notify(count = 1): void {
    checkCount('count of a notify', count, 0, true, 'To wake all call notifyAll().');
    for (let left = count; left > 0; left--) {
      const waiter = this.waiting.take();
      if (waiter === undefined) return;
      waiter.resolve();
    }
  }

  /** Wakes all who wait; they get the lock one after the other. */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /** `condition "stock" of lock "db", held by nobody` */
  toString(): string {
    return `${titled('condition', this.name)} of ${this.lock}`;
  }
}
