import { checkArgument, checkCount, runningTask, WaitQueue } from '@escapement/core';
import { Titled, titled, titleOf } from './describe.js';
import { BroadcastClosedError } from './errors.js';
import { type Publications, type Receiver, Subscriber } from './subscriber.js';

/** How many items a broadcast holds for those who are behind, and what it is called. */
export interface BroadcastOptions {
  /** How many of the latest items it holds, 1 or more: a subscriber that is further behind misses the oldest. Default: 1000. */
  readonly capacity?: number;
  /** For errors and deadlock reports. */
  readonly name?: string;
}

/**
 * Gives each item to all subscribers: each gets, in order, the items that were published after it had subscribed. Any code
 * publishes: a task, or the host.
 *
 * `publish` never waits. It holds the latest `capacity` items for all subscribers together; a subscriber that is slower loses
 * the oldest, and is told how many with its next item. Where no item may be lost, give each consumer a `Queue` of its own.
 *
 * A subscriber costs the broadcast nothing while it does not wait. With none that has not left, it holds no items.
 *
 * Cost: `publish` wakes each subscriber that waits, and copies nothing.
 * Cancellation: a cancelled waiter has taken nothing; the item is there for the next wait of the same subscriber.
 *
 * @example
 * const prices = new Broadcast<number>({ capacity: 16, name: 'prices' });
 * const mine = prices.subscribe();
 * yield* spawn(mine.forEach(function* (price, missed) { yield* show(price, missed); }));
 * prices.publish(42);
 * prices.close();
 */
export class Broadcast<T> extends Titled implements Publications<T> {
  /** The item of number n is at n % capacity. */
  readonly #items: T[] = [];
  readonly #waiting = new WaitQueue<Receiver>();
  /** How many of the latest items it holds. */
  readonly capacity: number;
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  #subscribers = 0;
  #end = 0;
  #start = 0;
  #isClosed = false;
  #failure: unknown;

  /** @throws InvalidCountError, InvalidArgumentError */
  constructor(options: BroadcastOptions = {}) {
    super();
    const { capacity = 1000, name } = checkArgument('new Broadcast', options, 'object', 'an object of options');
    checkCount('capacity of a Broadcast', capacity, 1, false, 'So many items it holds for the slowest subscriber.');
    this.capacity = capacity;
    this.name = name;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many have subscribed and have not left. */
  get subscribers(): number {
    return this.#subscribers;
  }

  /** A new subscriber: it gets each item that is published from now on. Call its `unsubscribe` when it takes no more. */
  subscribe(): Subscriber<T> {
    this.#subscribers++;
    return new Subscriber<T>(this);
  }

  /**
   * Gives the item to all subscribers. Never waits.
   *
   * @throws BroadcastClosedError if it is closed; or the error given to `close`
   */
  publish(item: T): void {
    if (this.#isClosed) {
      this.throwFailure();
      throw new BroadcastClosedError(titleOf(runningTask()), String(this));
    }
    if (this.#subscribers === 0) return;
    this.#items[this.#end++ % this.capacity] = item;
    if (this.#end - this.#start > this.capacity) this.#start++;
    this.#serve();
  }

  /**
   * Publishes no more: each subscriber gets the items that are there for it, and then the end. Closing it again does nothing.
   *
   * @param error what `publish`, `next` and `forEach` throw instead of the end
   */
  close(error?: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#failure = error;
    this.#serve();
  }

  /** Gives to each that waits what there is for it. */
  #serve(): void {
    const again: Receiver[] = [];
    // One by one, because to settle one may end the wait of another, which must take nothing then.
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      if (!next.receive()) again.push(next);
    }
    for (const receiver of again) this.#waiting.add(receiver);
  }

  /** @internal */
  get start(): number {
    return this.#start;
  }

  /** @internal */
  get end(): number {
    return this.#end;
  }

  /** @internal */
  itemAt(number: number): T {
    return this.#items[number % this.capacity] as T;
  }

  /** @internal */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** @internal */
  enqueue(receiver: Receiver): void {
    this.#waiting.add(receiver);
  }

  /** @internal */
  abandoned(): void {
    this.#waiting.abandoned();
  }

  /** @internal */
  unsubscribed(isWaiting: boolean): void {
    if (isWaiting) this.#serve();
    if (--this.#subscribers > 0) return;
    // Also the numbers, because an array that is filled from its middle is a slow one.
    this.#items.length = 0;
    this.#start = this.#end = 0;
  }

  /** `broadcast "prices"` */
  override toString(): string {
    return titled('broadcast', this.name);
  }
}
