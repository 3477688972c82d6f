import {
  type Answer,
  bodyOf,
  type Coroutine,
  checkArgument,
  checkCount,
  checkMaker,
  describe,
  Fifo,
  ImmediateEvent,
  InvalidArgumentError,
  type LoopEvent,
  type Program,
  WaitQueue,
} from '@escapement/core';
import { both, type Failure, failureOf } from './failure.js';
import { isPromise } from './not-a-promise-error.js';
import { handleRejection } from './reaction.js';
import { type Resolved, resolved } from './resolved.js';
import {
  checkStop,
  OVERFLOWS,
  type Overflow,
  type PausableSource,
  type Source,
  SubscriptionOverflowError,
  type Unsubscribe,
} from './source.js';

/** How many items a subscription keeps, and what happens to more. */
export interface SubscribeOptions {
  /**
   * How many items it holds that no task has taken. Default: 1000. With 0, which needs `overflow: 'pause'`, the source runs only
   * while a task waits.
   */
  readonly capacity?: number;
  /** What to do with an item that finds the buffer full. Default: `'error'`. */
  readonly overflow?: Overflow;
  /** For errors and deadlock reports. */
  readonly name?: string;
}

/** The event behind `subscription.next()`. */
export class NextItem<out T = unknown> extends ImmediateEvent<IteratorResult<T, undefined>> {
  static override readonly name: string = 'NextItem';
  static override readonly servedBy: string = 'promiseModule of @escapement/promises/module';

  override get kind() {
    return 'next-item' as const;
  }

  /** @internal */
  constructor(
    /** @internal */
    readonly subscription: Subscription<T>,
  ) {
    super();
  }

  override attempt(): Answer<IteratorResult<T, undefined>> | undefined {
    const value = this.subscription.takeNow();
    return value && { done: true, value };
  }

  override toString(): string {
    return `NextItem(${this.subscription})`;
  }
}

/** @internal A task that waits for an item. */
export interface Taker {
  readonly isSettled: boolean;
  resolve(next: IteratorResult<unknown, undefined>): void;
  reject(error: unknown): void;
}

/**
 * The items of a source of the host, which waits for nobody: what it emits while no task waits is kept. Made by `subscribe`.
 *
 * Any number of tasks may take items. Each item goes to one of them, in the order in which they came. A task that is cancelled
 * while it waits takes none. A `next` that finds an item returns at once, without the loop.
 */
export class Subscription<out T> {
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  /** The most items that it keeps for tasks. */
  readonly capacity: number;
  readonly #overflow: Overflow;
  readonly #items = new Fifo<T>();
  readonly #next: NextItem<T> = new NextItem(this);
  /** Tasks wait here only while there is no item. */
  readonly #takers = new WaitQueue<Taker>();
  #takerCount = 0;
  #source: Unsubscribe | PausableSource | undefined;
  /** The source is told to wait; it runs at first. */
  #isPaused = false;
  #stopping: PromiseLike<unknown> | undefined;
  #isOver = false;
  #failure: Failure | undefined;
  #dropped = 0;

  /** @internal */
  constructor(options: SubscribeOptions) {
    checkArgument('subscribe', options, 'object', 'an object of options, like { capacity: 10 }');
    const { capacity = 1000, overflow = 'error', name } = options;
    const least = overflow === 'pause' ? 0 : 1;
    checkCount('capacity of subscribe', capacity, least, true, 'With 1, one item is held that no task has taken.');
    if (!OVERFLOWS.includes(overflow)) {
      const fault = `subscribe got ${describe(overflow)} as \`overflow\`, expected one of ${OVERFLOWS.join(', ')}.`;
      throw new InvalidArgumentError('ESC_INVALID_OPTION', fault);
    }
    this.capacity = capacity;
    this.#overflow = overflow;
    this.name = name;
  }

  /** How many items it holds that no task has taken. */
  get size(): number {
    return this.#items.size;
  }

  /** How many items were dropped because the buffer was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * `yield* subscription.next()` waits for an item and evaluates to an iterator result. When all items are taken and the source
   * has ended, or the subscription is closed, that is `{ done: true }`. If the source has failed, it throws the error, each time.
   *
   * @example
   * for (let next = yield* lines.next(); !next.done; next = yield* lines.next()) yield* handle(next.value);
   */
  next(): NextItem<T> {
    return this.#next;
  }

  /**
   * Runs `work` for one item after another until the source ends.
   *
   * @throws NotAFunctionError, NotACoroutineError, and what the source failed with
   */
  *forEach<E extends LoopEvent>(work: (item: T) => Program<unknown, E>): Coroutine<void, E | NextItem<T>> {
    checkMaker('subscription.forEach', work);
    for (let next = yield* this.next(); !next.done; next = yield* this.next()) {
      yield* bodyOf('subscription.forEach', work(next.value), work);
    }
  }

  /**
   * Ends the subscription before its task ends. Items that it holds can still be taken. Closing it again does nothing. It does
   * not wait for a source that takes time to stop: `closed` does.
   *
   * @throws what the source's undo throws
   */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const failure = this.#stop();
    this.#tellTakers();
    if (failure !== undefined) throw failure.error;
  }

  /**
   * `yield* subscription.closed()` ends the subscription, and waits until its source has stopped, which a cancellation does not
   * interrupt. The end of the task that subscribed does the same.
   *
   * @throws what the source's undo throws, or rejects with
   */
  *closed(): Coroutine<void, Resolved> {
    this.close();
    if (this.#stopping !== undefined) yield* resolved(this.#stopping, { whenCancelled: 'wait' });
  }

  /** @internal @throws what `source` throws */
  begin(source: Source<T>): void {
    const stop = source(
      item => this.#emitted(item),
      error => this.#ended({ error }),
      () => this.#ended(undefined),
    );
    this.#source = checkStop(stop, this.#overflow === 'pause');
    if (this.#isOver) this.#failure = both(this.#failure, this.#stop());
    else this.#regulate();
  }

  /** @internal @returns undefined if there is nothing yet */
  takeNow(): IteratorResult<T, undefined> | undefined {
    if (this.#items.size > 0) {
      const value = this.#items.shift() as T;
      this.#regulate();
      return { done: false, value };
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return this.#isOver ? END : undefined;
  }

  /** @internal A task waits. */
  addTaker(taker: Taker): void {
    this.#takers.add(taker);
    this.#takerCount++;
    this.#regulate();
  }

  /** @internal A task waits no more. */
  takerAbandoned(): void {
    this.#takers.abandoned();
    this.#takerCount--;
    this.#regulate();
  }

  /** @internal Those who wait get the end; the source stays open. */
  dismissTakers(): void {
    this.#tellTakers();
    this.#regulate();
  }

  /** `subscription "lines"` */
  toString(): string {
    return this.name === undefined ? 'subscription' : `subscription ${describe(this.name)}`;
  }

  #emitted(item: T): void {
    if (this.#isOver) return;
    const taker = this.#takers.take();
    if (taker !== undefined) {
      this.#takerCount--;
      taker.resolve({ done: false, value: item });
    } else if (this.#items.size < this.capacity || this.#makeRoom()) this.#items.push(item);
    this.#regulate();
  }

  /** @returns false if the new item is not to be kept */
  #makeRoom(): boolean {
    if (this.#overflow === 'pause') return true;
    if (this.#overflow === 'error') {
      this.#ended({ error: new SubscriptionOverflowError(String(this), this.capacity) });
      return false;
    }
    this.#dropped++;
    if (this.#overflow === 'drop-newest') return false;
    this.#items.shift();
    return true;
  }

  /** Tells the source to wait when the buffer is full, and to go on when half of it is free or a task waits. */
  #regulate(): void {
    const source = this.#source as PausableSource | undefined;
    // Inside of the source: then `begin` does it.
    if (this.#overflow !== 'pause' || this.#isOver || source === undefined) return;
    const { size } = this.#items;
    const hasRoom = this.#isPaused ? 2 * size <= this.capacity : size < this.capacity;
    const isPaused = this.#takerCount === 0 && !(hasRoom && this.capacity > 0);
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) source.pause();
    else source.resume();
  }

  #ended(failure: Failure | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = both(failure, this.#stop());
    this.#tellTakers();
  }

  #tellTakers(): void {
    this.#takerCount = 0;
    for (const taker of this.#takers.takeAll()) {
      if (this.#failure === undefined) taker.resolve(END);
      else taker.reject(this.#failure.error);
    }
  }

  /** Does nothing inside of the source: then `begin` stops it. @returns what the source's undo threw */
  #stop(): Failure | undefined {
    const source = this.#source;
    this.#source = undefined;
    return failureOf(() => {
      const stopped: unknown = typeof source === 'function' ? source() : source?.stop();
      if (!isPromise(stopped)) return;
      handleRejection(stopped);
      this.#stopping = stopped;
    });
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
