import { ANSWERED, type Answer, eventName, type Task, type Waiter, type WaitQueue } from '@escapement/core';
import { titleOf } from './describe.js';
import { QueueClosedError } from './errors.js';
import { SyncEvent } from './sync-event.js';

/** @internal What `takeNow` returns when the queue is empty. */
export const NOTHING: unique symbol = Symbol('nothing');

/** The part of a queue that its events use. */
export interface QueueEnds<T> {
  readonly capacity: number;
  readonly isClosed: boolean;
  /** @internal */
  readonly putters: WaitQueue<Putter<T>>;
  /** @internal */
  readonly takers: WaitQueue<Taker<T>>;
  /** @internal @returns false if there is no room */
  putNow(item: T): boolean;
  /** @internal It is closed. @throws the error of a put */
  refuse(item: T, task: Task | undefined): never;
  /** @internal */
  takeNow(): T | typeof NOTHING;
  /** @internal @throws the error with which it was closed, if there is one */
  throwFailure(): void;
  /** @internal No consumer will get these. */
  giveUp(items: readonly T[]): void;
  toString(): string;
}

/** The event behind `queue.put(item)`. */
export class Put<out T = unknown> extends SyncEvent<void> {
  override get kind() {
    return 'put' as const;
  }

  readonly #queue: QueueEnds<T>;
  readonly #item: T;

  /** @internal */
  constructor(queue: QueueEnds<T>, item: T) {
    super();
    this.#queue = queue;
    this.#item = item;
  }

  override attempt(task: Task | undefined): Answer<void> | undefined {
    if (this.#queue.isClosed) this.#queue.refuse(this.#item, task);
    return this.#queue.putNow(this.#item) ? ANSWERED : undefined;
  }

  /** @internal */
  override enqueue(waiter: Waiter<void>): void {
    this.#queue.putters.add(new Putter(this.#item, waiter));
  }

  /** @internal */
  override abandoned(): void {
    this.#queue.putters.abandoned();
  }

  /** @internal */
  override cancelled(): void {
    this.#queue.giveUp([this.#item]);
  }

  override toString(): string {
    const { capacity } = this.#queue;
    return `Put(${this.#queue}, ${capacity === 0 ? 'no taker' : `full with ${capacity}`})`;
  }
}

/** Takes an item from a queue. A subclass decides how to return the item and how to report the end. */
export abstract class Take<out T, out R> extends SyncEvent<R> {
  /** @internal */
  constructor(
    /** @internal */
    readonly queue: QueueEnds<T>,
  ) {
    super();
  }

  /** @internal */
  abstract resultFor(item: T): R;

  /** @internal The result, or the error thrown, once the queue was closed without an error and is empty. */
  abstract atEnd(task: Task | undefined): R;

  override attempt(task: Task | undefined): Answer<R> | undefined {
    const item = this.queue.takeNow();
    if (item !== NOTHING) return { done: true, value: this.resultFor(item) };
    return this.queue.isClosed ? { done: true, value: this.endFor(task) } : undefined;
  }

  /** @internal @throws the error with which the queue was closed */
  endFor(task: Task | undefined): R {
    this.queue.throwFailure();
    return this.atEnd(task);
  }

  /** @internal */
  override enqueue(waiter: Waiter<R>): void {
    this.queue.takers.add(new WaitingTaker<T, R>(this, waiter));
  }

  /** @internal */
  override abandoned(): void {
    this.queue.takers.abandoned();
  }

  override toString(): string {
    return `${eventName(this)}(${this.queue}, empty)`;
  }
}

/** The event behind `queue.get()`. */
export class Get<out T = unknown> extends Take<T, T> {
  override get kind() {
    return 'get' as const;
  }

  /** @internal */
  override resultFor(item: T): T {
    return item;
  }

  /** @internal */
  override atEnd(task: Task | undefined): never {
    throw QueueClosedError.forGet(titleOf(task), String(this.queue));
  }
}

/** The event behind `queue.next()`. */
export class Next<out T = unknown> extends Take<T, IteratorResult<T, undefined>> {
  override get kind() {
    return 'next' as const;
  }

  /** @internal */
  override resultFor(item: T): IteratorResult<T, undefined> {
    return { done: false, value: item };
  }

  /** @internal */
  override atEnd(): IteratorResult<T, undefined> {
    return { done: true, value: undefined };
  }
}

/** @internal A task that waits to put an item. */
export class Putter<T> {
  constructor(
    readonly item: T,
    readonly waiter: Waiter<void>,
  ) {}

  get isSettled(): boolean {
    return this.waiter.isSettled;
  }
}

/** @internal A task that waits for an item. */
export interface Taker<T> {
  readonly isSettled: boolean;
  give(item: T): void;
  end(): void;
}

class WaitingTaker<T, R> implements Taker<T> {
  constructor(
    readonly event: Take<T, R>,
    readonly waiter: Waiter<R>,
  ) {}

  get isSettled(): boolean {
    return this.waiter.isSettled;
  }

  give(item: T): void {
    this.waiter.resolve(this.event.resultFor(item));
  }

  end(): void {
    try {
      this.waiter.resolve(this.event.endFor(this.waiter.task));
    } catch (error) {
      this.waiter.reject(error);
    }
  }
}
