import {
  bodyOf,
  type Coroutine,
  checkArgument,
  checkCount,
  checkMaker,
  Fifo,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
  WaitQueue,
} from '@escapement/core';
import { titled, titleOf } from './describe.js';
import { QueueClosedError } from './errors.js';
import { Get, Next, NOTHING, Put, type Putter, type QueueEnds, type Taker } from './queue-events.js';

/** How much a queue holds, and what it is called. */
export interface QueueOptions {
  /** How many items it holds before `put` waits. With 0, each `put` waits for a taker. Default: `Infinity`. */
  readonly capacity?: number;
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
 * @example
 * const jobs = new Queue<Job>({ capacity: 10, name: 'jobs' });
 * yield* spawn(jobs.forEach(function* (job) { yield* work(job); }));
 * for (const job of list) yield* jobs.put(job);   // waits while ten are waiting
 * jobs.close();
 */
export class Queue<T> implements QueueEnds<T> {
  readonly #items = new Fifo<T>();
  // A task waits in these only while it cannot be served, so an immediate put or get overtakes none.
  /** @internal */
  readonly putters = new WaitQueue<Putter<T>>();
  /** @internal */
  readonly takers = new WaitQueue<Taker<T>>();
  readonly #get: Get<T> = new Get(this);
  readonly #next: Next<T> = new Next(this);
  readonly capacity: number;
  /** For errors and deadlock reports. */
  readonly name: string | undefined;
  #isClosed = false;

  /** @throws InvalidCountError */
  constructor(options: QueueOptions = {}) {
    const { capacity = Infinity, name } = checkArgument('new Queue', options, 'object', 'an object of options');
    checkCount('capacity of a Queue', capacity, 0, true, 'With 0, each put waits until a task gets the item.');
    this.capacity = capacity;
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
   * `yield* queue.put(item)` waits until there is room.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed before the item is in it
   */
  put(item: T): Put<T> {
    return new Put(this, item);
  }

  /**
   * `yield* queue.get()` waits for an item and takes it.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed and empty
   */
  get(): Get<T> {
    return this.#get;
  }

  /**
   * Like `get`, but returns an iterator result, so the end is not an error.
   *
   * @example
   * for (let next = yield* jobs.next(); !next.done; next = yield* jobs.next()) yield* work(next.value);
   */
  next(): Next<T> {
    return this.#next;
  }

  /** Puts the item if that is possible without waiting. @throws QueueClosedError */
  tryPut(item: T): boolean {
    return this.putNow(item, runningTask());
  }

  /** @returns an item, or undefined if there is none @throws QueueClosedError if the queue is closed and empty */
  tryGet(): T | undefined {
    const item = this.takeNow();
    if (item !== NOTHING) return item;
    if (this.#isClosed) throw QueueClosedError.forGet(titleOf(runningTask()), String(this));
    return undefined;
  }

  /**
   * Runs `work` for one item after another until the queue is closed and empty.
   *
   * @throws NotAFunctionError, NotACoroutineError
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
   */
  close(): void {
    this.#isClosed = true;
    for (const putter of this.putters.takeAll()) putter.refuse(String(this));
    for (const taker of this.takers.takeAll()) taker.end();
  }

  /** @internal @returns false if there is no room */
  putNow(item: T, task: Task | undefined): boolean {
    if (this.#isClosed) throw QueueClosedError.forPut(titleOf(task), String(this));
    const taker = this.takers.take();
    if (taker !== undefined) {
      taker.give(item);
      return true;
    }
    if (this.#items.size >= this.capacity) return false;
    this.#items.push(item);
    return true;
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
  toString(): string {
    return titled(this.noun, this.name);
  }

  /** @internal For errors and reports. */
  protected get noun(): string {
    return 'queue';
  }
}
