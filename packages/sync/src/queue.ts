import {
  bodyOf,
  type Coroutine,
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

export interface QueueOptions {
  /** How many items it holds; then `put` waits. `Infinity` if left out; with 0 each put waits for its taker. */
  readonly capacity?: number;
  /** For errors and deadlock reports. */
  readonly name?: string;
}

/**
 * Items from any number of tasks to any number of others, each to one of them, in the order in which they were put. Those
 * who wait are served in the order in which they came.
 *
 * Cost: with room, or an item there, it is done at once, without the loop. So a task that only puts into a queue that is
 * never full lets nobody else run: give it a capacity, or `pause()`.
 * Cancellation: who waits and is cancelled leaves the line, and takes no item with it: one who put keeps his, one who got
 * is passed over. Who was given an item before the cancellation came has it, and is told at its next suspension.
 *
 * @example
 * const jobs = new Queue<Job>({ capacity: 10, name: 'jobs' });
 * yield* spawn(jobs.forEach(function* (job) { yield* work(job); }));
 * for (const job of list) yield* jobs.put(job);   // waits while ten are waiting
 * jobs.close();
 */
export class Queue<T> implements QueueEnds<T> {
  readonly #items = new Fifo<T>();
  // Somebody waits in one of them only while nothing can be done for him, so what is done at once overtakes nobody.
  /** @internal */
  readonly putters = new WaitQueue<Putter<T>>();
  /** @internal */
  readonly takers = new WaitQueue<Taker<T>>();
  readonly #get: Get<T> = new Get(this);
  readonly #next: Next<T> = new Next(this);
  readonly capacity: number;
  readonly name: string | undefined;
  #isClosed = false;

  /** @throws InvalidCountError */
  constructor({ capacity = Infinity, name }: QueueOptions = {}) {
    checkCount('capacity of a Queue', capacity, 0, true, 'With 0 each put waits until somebody gets the item.');
    this.capacity = capacity;
    this.name = name;
  }

  /** How many items it holds: those that a waiting put has in its hands do not count. */
  get size(): number {
    return this.#items.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * `yield* queue.put(item)` waits until there is room.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed or gets closed meanwhile: the item is not in it
   */
  put(item: T): Put<T> {
    return new Put(this, item);
  }

  /**
   * `yield* queue.get()` waits for an item and takes it.
   *
   * @throws QueueClosedError at the `yield*`, if the queue is closed and nothing is left
   */
  get(): Get<T> {
    return this.#get;
  }

  /**
   * Like `get`, in the form in which iterators answer, so that the end is no error.
   *
   * @example
   * for (let next = yield* jobs.next(); !next.done; next = yield* jobs.next()) yield* work(next.value);
   */
  next(): Next<T> {
    return this.#next;
  }

  /** Puts the item if that can be done at once. @throws QueueClosedError */
  tryPut(item: T): boolean {
    return this.putNow(item, runningTask());
  }

  /** Takes an item if there is one; otherwise undefined. @throws QueueClosedError if it is closed and nothing is left */
  tryGet(): T | undefined {
    const item = this.takeNow();
    if (item !== NOTHING) return item;
    if (this.#isClosed) throw QueueClosedError.forGet(titleOf(runningTask()), String(this));
    return undefined;
  }

  /**
   * Runs `work` with one item after the other until the queue is closed and nothing is left.
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
   * Nothing goes in any more: puts that wait, and later ones, throw `QueueClosedError`. What is in comes out; then `get`
   * throws `QueueClosedError` and `next` tells the end. Closing twice does nothing.
   */
  close(): void {
    this.#isClosed = true;
    for (const putter of this.putters.takeAll()) putter.refuse(String(this));
    for (const taker of this.takers.takeAll()) taker.tellEnd();
  }

  /** @internal False if there is no room. */
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
    // First in, then out: so it is the same whether there is room for any item or for none.
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

  /** @internal What it is called in reports. */
  protected get noun(): string {
    return 'queue';
  }
}
