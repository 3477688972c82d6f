import {
  bodyOf,
  type Coroutine,
  checkArgument,
  checkCallback,
  checkCount,
  checkMaker,
  describe,
  Fifo,
  InvalidArgumentError,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
  WaitQueue,
} from '@escapement/core';
import { Titled, titled, titleOf } from './describe.js';
import { QueueClosedError } from './errors.js';
import { Get, Next, NOTHING, Put, type Putter, type QueueEnds, type Taker } from './queue-events.js';

/** What a queue does with an item that finds it full. */
export type QueueOverflow =
  /** `put` waits until there is room. */
  | 'wait'
  /** The item goes in, and the oldest one is dropped. For states, of which the last one counts. */
  | 'drop-oldest'
  /** The new item is dropped. */
  | 'drop-newest';

const OVERFLOWS: readonly unknown[] = ['wait', 'drop-oldest', 'drop-newest'] satisfies QueueOverflow[];

/** How much a queue holds, what becomes of more and of items that nobody gets, and what it is called. */
export interface QueueOptions<T = unknown> {
  /** How many items it holds before `put` waits. With 0, each `put` waits for a taker. Default: `Infinity`. */
  readonly capacity?: number;
  /** What happens to an item that finds it full. Default: `'wait'`. Unless it waits, `put` never does. */
  readonly overflow?: QueueOverflow;
  /**
   * Called once with each item that no consumer will ever get: to close what it holds. That is an item that was dropped because
   * the queue was full, or by `cancel()`, and one whose `put` was cancelled with its task or refused because the queue is
   * closed. Not with one that `tryPut` refused, and not with one whose `put` lost in a `select`: you have that still.
   *
   * Must not wait. What it throws comes out of the `put`, `close` or `cancel` that gave the item up, when that is done; of a put
   * that was cancelled, the run gets it as a `HandlerError`.
   */
  undelivered?(item: T): void;
  /** For errors and deadlock reports. */
  readonly name?: string;
}

/**
 * A FIFO queue between any number of producers and consumers. Each item goes to one consumer. Waiting tasks are served in
 * the order in which they came.
 *
 * Cost: a `put` that finds room, and a `get` that finds an item, return at once, without the loop. So a task that only puts
 * into a queue that is never full lets no other task run: give the queue a capacity, or call `pause()`.
 * Cancellation: a cancelled waiter leaves the queue; its item is not put, and it takes none. A task that got an item before
 * its cancellation keeps it, and `Cancelled` is thrown at its next suspension.
 *
 * It loses no item, unless you choose so with `overflow` or `cancel()`. Items that hold something to close need
 * `undelivered`, which gets each one that no consumer gets.
 *
 * @example
 * const jobs = new Queue<Job>({ capacity: 10, name: 'jobs' });
 * yield* spawn(jobs.forEach(function* (job) { yield* work(job); }));
 * for (const job of list) yield* jobs.put(job);   // waits while ten are waiting
 * jobs.close();
 */
export class Queue<T> extends Titled implements QueueEnds<T> {
  readonly #items = new Fifo<T>();
  // A task waits in these only while it cannot be served, so an immediate put or get overtakes none.
  /** @internal */
  readonly putters = new WaitQueue<Putter<T>>();
  /** @internal */
  readonly takers = new WaitQueue<Taker<T>>();
  readonly #get: Get<T> = new Get(this);
  readonly #next: Next<T> = new Next(this);
  readonly capacity: number;
  /** What happens to an item that finds it full. */
  readonly overflow: QueueOverflow;
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  readonly #undelivered: QueueOptions<T>['undelivered'];
  #isClosed = false;
  #failure: unknown;

  /** @throws InvalidCountError, InvalidArgumentError */
  constructor(options: QueueOptions<T> = {}) {
    super();
    const { capacity = Infinity, overflow = 'wait', undelivered, name } = checkOptions(options);
    this.capacity = capacity;
    this.overflow = overflow;
    this.#undelivered = undelivered;
    this.name = name;
  }

  /** How many items it holds. The items of waiting puts do not count. */
  get size(): number {
    return this.#items.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * `yield* queue.put(item)` waits until there is room. From the `yield*` on the item is the queue's: see `undelivered`.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed before the item is in it; or the error given to `close`
   */
  put(item: T): Put<T> {
    return new Put(this, item);
  }

  /**
   * `yield* queue.get()` waits for an item and takes it.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed and empty; or the error given to `close`
   */
  get(): Get<T> {
    return this.#get;
  }

  /**
   * Like `get`, but returns an iterator result, so the end is not an error.
   *
   * @throws the error given to `close`, once the queue is empty
   * @example
   * for (let next = yield* jobs.next(); !next.done; next = yield* jobs.next()) yield* work(next.value);
   */
  next(): Next<T> {
    return this.#next;
  }

  /**
   * Puts the item if that is possible without waiting.
   *
   * @returns false if it is not: the item is still yours
   * @throws QueueClosedError, or the error given to `close`; the item is still yours
   */
  tryPut(item: T): boolean {
    if (this.#isClosed) throw this.#refusal(runningTask());
    return this.putNow(item);
  }

  /**
   * Takes an item if there is one.
   *
   * @returns `{ value }`, or undefined if it is empty: so an item may be `undefined`, too
   * @throws QueueClosedError if the queue is closed and empty; or the error given to `close`
   * @example for (let got = jobs.tryGet(); got !== undefined; got = jobs.tryGet()) start(got.value);
   */
  tryGet(): { readonly value: T } | undefined {
    const value = this.takeNow();
    if (value !== NOTHING) return { value };
    if (this.#isClosed) this.#get.endFor(runningTask());
    return undefined;
  }

  /**
   * Runs `work` for one item after another until the queue is closed and empty.
   *
   * @throws NotAFunctionError, NotACoroutineError; the error given to `close`
   */
  *forEach<E extends LoopEvent>(work: (item: T) => Program<unknown, E>): Coroutine<void, E | Next<T>> {
    const caller = `${this.noun}.forEach`;
    checkMaker(caller, work);
    for (let next = yield* this.next(); !next.done; next = yield* this.next()) {
      yield* bodyOf(caller, work(next.value), work);
    }
  }

  /**
   * Closes the queue. Waiting and later puts throw `QueueClosedError`. Items in the queue can still be taken; after that,
   * `get` throws `QueueClosedError` and `next` reports the end. Closing it again does nothing.
   *
   * @param error what `put`, `get`, `next` and `forEach` throw instead, those that take when the queue is empty
   * @throws what `undelivered` throws for the items of waiting puts
   * @example jobs.close(new Error('the source has failed'));
   */
  close(error?: unknown): void {
    this.#close(error, []);
  }

  /**
   * Closes the queue, as `close` does, and drops the items in it: for a consumer that takes no more. Also after `close`.
   *
   * @throws what `undelivered` throws for the items
   */
  cancel(error?: unknown): void {
    const dropped: T[] = [];
    while (this.#items.size > 0) dropped.push(this.#items.shift() as T);
    this.#close(error, dropped);
  }

  #close(error: unknown, dropped: T[]): void {
    if (!this.#isClosed) this.#failure = error;
    this.#isClosed = true;
    // One by one, because to settle one may end the wait of another.
    for (let putter = this.putters.take(); putter !== undefined; putter = this.putters.take()) {
      dropped.push(putter.item);
      putter.waiter.reject(this.#refusal(putter.waiter.task));
    }
    for (let taker = this.takers.take(); taker !== undefined; taker = this.takers.take()) taker.end();
    this.giveUp(dropped);
  }

  #refusal(task: Task | undefined): unknown {
    return this.#failure === undefined ? QueueClosedError.forPut(titleOf(task), String(this)) : this.#failure;
  }

  /** @internal */
  refuse(item: T, task: Task | undefined): never {
    const error = this.#refusal(task);
    try {
      this.giveUp([item]);
    } catch (second) {
      throw new AggregateError([error, second], `a put into ${this} was refused, and \`undelivered\` failed`);
    }
    throw error;
  }

  /** @internal */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** @internal @throws what `undelivered` throws, after it was called for each */
  giveUp(items: readonly T[]): void {
    if (this.#undelivered === undefined) return;
    const errors: unknown[] = [];
    for (const item of items) {
      try {
        this.#undelivered(item);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, `\`undelivered\` of ${this} failed ${errors.length} times`);
    if (errors.length === 1) throw errors[0];
  }

  /** @internal @returns false if there is no room */
  putNow(item: T): boolean {
    const taker = this.takers.take();
    if (taker !== undefined) taker.give(item);
    else if (this.#items.size < this.capacity) this.#items.push(item);
    else if (this.overflow === 'wait') return false;
    else this.giveUp([this.#makeRoomFor(item)]);
    return true;
  }

  /** @returns the item that is dropped for it, perhaps itself */
  #makeRoomFor(item: T): T {
    if (this.overflow === 'drop-newest') return item;
    this.#items.push(item);
    return this.#items.shift() as T;
  }

  /** @internal */
  takeNow(): T | typeof NOTHING {
    // The item of a waiting put goes in before one comes out: so this also works with a capacity of 0.
    const putter = this.putters.take();
    if (putter !== undefined) {
      this.#items.push(putter.item);
      putter.waiter.resolve();
    }
    return this.#items.size === 0 ? NOTHING : (this.#items.shift() as T);
  }

  /** `queue "jobs"` */
  override toString(): string {
    return titled(this.noun, this.name);
  }

  /** @internal For errors and reports. */
  protected get noun(): string {
    return 'queue';
  }
}

/** @throws InvalidArgumentError, InvalidCountError */
function checkOptions<T>(options: QueueOptions<T>): QueueOptions<T> {
  const {
    capacity = Infinity,
    overflow = 'wait',
    undelivered,
  } = checkArgument('new Queue', options, 'object', 'an object of options');
  checkCount('capacity of a Queue', capacity, 0, true, 'With 0, each put waits until a task gets the item.');
  if (undelivered !== undefined)
    checkCallback('new Queue for `undelivered`', undelivered, 'a function that takes an item');
  if (OVERFLOWS.includes(overflow)) return options;
  const fault = `new Queue got ${describe(overflow)} as \`overflow\`, expected one of ${OVERFLOWS.join(', ')}.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}
