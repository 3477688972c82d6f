import {
  type Answer,
  bodyOf,
  type Coroutine,
  checkMaker,
  eventName,
  type LoopEvent,
  type Program,
  type Waiter,
} from '@escapement/core';
import { Titled } from './describe.js';
import { SyncEvent } from './sync-event.js';

/** What `subscriber.next()` evaluates to: an item and how many the subscriber has missed before it, or the end. */
export type PublishedResult<T> =
  | { readonly done: false; readonly value: T; readonly missed: number }
  | { readonly done: true; readonly value: undefined };

const END = { done: true, value: undefined } as const;

/** The part of a broadcast that its subscribers use. */
export interface Publications<T> {
  readonly isClosed: boolean;
  /** @internal The number of the next item: that many were published. */
  readonly end: number;
  /** @internal The number of the oldest item that it holds. */
  readonly start: number;
  /** @internal */
  itemAt(number: number): T;
  /** @internal @throws the error with which it was closed, if there is one */
  throwFailure(): void;
  /** @internal */
  enqueue(receiver: Receiver): void;
  /** @internal */
  abandoned(): void;
  /** @internal @param isWaiting whether tasks wait for the subscriber */
  unsubscribed(isWaiting: boolean): void;
  toString(): string;
}

/** The event behind `subscriber.next()`. */
export class Published<out T = unknown> extends SyncEvent<PublishedResult<T>> {
  override get kind() {
    return 'published' as const;
  }

  /** @internal */
  constructor(
    /** @internal */
    readonly subscriber: Subscriber<T>,
  ) {
    super();
  }

  override attempt(): Answer<PublishedResult<T>> | undefined {
    const value = this.subscriber.takeNow();
    return value && { done: true, value };
  }

  /** @internal */
  override enqueue(waiter: Waiter<PublishedResult<T>>): void {
    this.subscriber.enqueue(waiter);
  }

  /** @internal */
  override abandoned(): void {
    this.subscriber.abandoned();
  }

  override toString(): string {
    return `${eventName(this)}(${this.subscriber})`;
  }
}

/**
 * Takes the items that were published after it was made, by `broadcast.subscribe()`. If several tasks use one subscriber, each
 * item goes to one of them. Call `unsubscribe` once it takes no more; `forEach` does.
 *
 * @example
 * const mine = prices.subscribe();
 * try { yield* showFirst((yield* mine.next()).value); } finally { mine.unsubscribe(); }
 */
export class Subscriber<out T = unknown> extends Titled {
  readonly #broadcast: Publications<T>;
  readonly #next: Published<T> = new Published(this);
  /** The number of its next item. */
  #position: number;
  #isOver = false;
  #waiting = 0;
  #lastReceiver: Receiver | undefined;

  /** @internal */
  constructor(broadcast: Publications<T>) {
    super();
    this.#broadcast = broadcast;
    this.#position = broadcast.end;
  }

  /**
   * `yield* subscriber.next()` waits for an item and evaluates to `{ done: false, value, missed }`; `missed` is the number of
   * items before it that the broadcast had dropped when the subscriber came to take them. At the end `{ done: true }`.
   *
   * @throws at the `yield*`, the error with which the broadcast was closed, after the items that it holds
   * @example
   * for (let next = yield* prices.next(); !next.done; next = yield* prices.next()) show(next.value, next.missed);
   */
  next(): Published<T> {
    return this.#next;
  }

  /**
   * Runs `work` for one item after another, until the broadcast is closed or the subscriber has left; then it leaves, however
   * this ends. `missed` is as with `next`.
   *
   * @throws NotAFunctionError, NotACoroutineError; the error with which the broadcast was closed
   */
  *forEach<E extends LoopEvent>(
    work: (item: T, missed: number) => Program<unknown, E>,
  ): Coroutine<void, E | Published<T>> {
    const caller = 'subscriber.forEach';
    checkMaker(caller, work);
    try {
      for (let next = yield* this.#next; !next.done; next = yield* this.#next) {
        yield* bodyOf(caller, work(next.value, next.missed), work);
      }
    } finally {
      this.unsubscribe();
    }
  }

  /** Takes no more items: `next` reports the end, also to tasks that wait. Leaving again does nothing. */
  unsubscribe(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endOnlyWait();
    this.#broadcast.unsubscribed(this.#waiting > 0);
  }

  /** @internal @returns undefined if there is no item and more may come */
  takeNow(): PublishedResult<T> | undefined {
    const { start, end, isClosed } = this.#broadcast;
    if (this.#isOver) return END;
    if (this.#position === end) {
      if (isClosed) this.#broadcast.throwFailure();
      return isClosed ? END : undefined;
    }
    const missed = Math.max(0, start - this.#position);
    this.#position += missed;
    return { done: false, value: this.#broadcast.itemAt(this.#position++), missed };
  }

  /** @internal */
  enqueue(waiter: Waiter<PublishedResult<T>>): void {
    this.#waiting++;
    this.#lastReceiver = new WaitingReceiver(this, waiter);
    this.#broadcast.enqueue(this.#lastReceiver);
  }

  /** @internal */
  abandoned(): void {
    this.served();
    this.#broadcast.abandoned();
  }

  /** @internal */
  served(): void {
    // Settled waiters are not kept.
    if (--this.#waiting === 0) this.#lastReceiver = undefined;
  }

  /** As a rule one task waits at most. Then the broadcast need not look at those that wait for other subscribers. */
  #endOnlyWait(): void {
    const last = this.#lastReceiver;
    if (this.#waiting !== 1 || last === undefined || last.isSettled) return;
    last.receive();
    this.#broadcast.abandoned();
  }

  /** `subscriber of broadcast "prices"` */
  override toString(): string {
    return `subscriber of ${this.#broadcast}`;
  }
}

/** @internal A task that waits for an item of a broadcast. */
export interface Receiver {
  readonly isSettled: boolean;
  /** @returns false if it has to wait on: another task took the item of the same subscriber */
  receive(): boolean;
}

class WaitingReceiver<T> implements Receiver {
  constructor(
    readonly subscriber: Subscriber<T>,
    readonly waiter: Waiter<PublishedResult<T>>,
  ) {}

  get isSettled(): boolean {
    return this.waiter.isSettled;
  }

  receive(): boolean {
    try {
      const result = this.subscriber.takeNow();
      if (result === undefined) return false;
      this.waiter.resolve(result);
    } catch (error) {
      this.waiter.reject(error);
    }
    this.subscriber.served();
    return true;
  }
}
