import {
  type Coroutine,
  checkCount,
  describe,
  InvalidArgumentError,
  type Scope,
  shield,
  type Waiter,
  WaitQueue,
} from '@escapement/core';
import type { Acquire } from './acquire.js';
import { Titled, titled } from './describe.js';
import type { Lock } from './lock.js';
import { SourceEvent } from './sync-event.js';

/** The event with which `condition.wait()` waits for a notification. */
export class Notified extends SourceEvent<void, Condition> {
  override get kind() {
    return 'notified' as const;
  }

  /** Always waits: a notification reaches only tasks that wait already. */
  override attempt(): undefined {
    return undefined;
  }
}

/**
 * A condition variable: `wait` releases the lock, waits for a notification, and acquires the lock again. Other tasks may have
 * held the lock in between, so check again in a loop: `while (!ready) yield* condition.wait()`.
 *
 * Cost of a wait: two switches, or one if the lock is free when its turn comes.
 * Cancellation: `wait` acquires the lock again, shielded, before it throws `Cancelled`, so a `finally` around it can release
 * the lock. If the notified task is cancelled, the notification goes to the next waiter.
 *
 * @example
 * const lock = new Lock(), changed = new Condition(lock);
 * yield* lock.with(function* () {
 *   while (stock === 0) yield* changed.wait();
 *   stock--;
 * });
 * // elsewhere: stock++; changed.notify();
 */
export class Condition extends Titled {
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<void>>();
  readonly #notified = new Notified(this);

  /**
   * @param name for deadlock reports
   * @throws InvalidArgumentError if `lock` is no `Lock`
   */
  constructor(
    /** Whoever waits or notifies holds it. */
    readonly lock: Lock,
    readonly name?: string,
  ) {
    super();
    if (isLock(lock)) return;
    const fault = `new Condition got ${describe(lock)}, expected the Lock that guards what is waited for. Write new Condition(lock).`;
    throw new InvalidArgumentError('ESC_NOT_A_LOCK', fault);
  }

  /**
   * Releases the lock, waits for a notification, and acquires the lock again, also when it throws.
   *
   * @throws LockNotHeldError if the task does not hold the lock
   */
  *wait(): Coroutine<void, Notified | Acquire | Scope> {
    this.lock.releaseAs('waited on a condition of');
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
   * Wakes the first `count` waiting tasks. The caller need not hold the lock: no other task runs between a check of the
   * condition and the `wait` that follows it.
   *
   * @throws InvalidCountError
   */
  notify(count = 1): void {
    checkCount('count of a notify', count, 0, true, 'Call notifyAll() to wake all.');
    for (let left = count; left > 0; left--) {
      const waiter = this.waiting.take();
      if (waiter === undefined) return;
      waiter.resolve();
    }
  }

  /** Wakes all waiting tasks; they get the lock one after another. */
  notifyAll(): void {
    this.notify(Infinity);
  }

  /** `condition "stock" of lock "db", held by nobody` */
  override toString(): string {
    return `${titled('condition', this.name)} of ${this.lock}`;
  }
}

/** By its method, because the lock may come from another copy of this package. Looking at what a user gives may throw. */
function isLock(given: unknown): boolean {
  try {
    return typeof (given as Lock).releaseAs === 'function';
  } catch {
    return false;
  }
}
