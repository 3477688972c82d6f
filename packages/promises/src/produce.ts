import {
  bodyOf,
  type Coroutine,
  checkArgument,
  checkMaker,
  coroutine,
  Fifo,
  type LoopEvent,
  type Program,
  type Spawn,
  type SpawnOptions,
  spawn,
  type Task,
} from '@escapement/core';
import { type Action, action } from './action.js';
import type { Failure } from './failure.js';

/** Hands an item to the host, and waits until the host asks for the next one. */
export type Put<in T> = (item: T) => Coroutine<void, Action<void>>;

/** What the host gets from `produce`: it may be iterated over once. */
export interface Produced<out T> extends AsyncIterableIterator<T, undefined> {
  /** Cancels the program, and settles when its task has ended. `for await` calls it if it is left early. */
  return(): Promise<IteratorReturnResult<undefined>>;
  /** Itself. */
  [Symbol.asyncIterator](): Produced<T>;
}

/**
 * Offers to the host, as an async iterable, the items that a program makes: `yield* produce(program)` spawns the program and evaluates
 * to the iterable. It is driven by demand, as an async generator is: the program begins when the host asks for the first item, and each
 * `yield* put(item)` waits until the host asks for the next one.
 *
 * The program is a child of the current task, which does not end before it. When it ends, so does the iteration. What it throws is
 * thrown to the host, and fails the current task, as with every child. If the host leaves the iteration, the program is cancelled; if
 * the program is cancelled otherwise, the host gets `Cancelled`.
 *
 * Node and pages make a stream of an async iterable, with back-pressure: `Readable.from(produced)`, `ReadableStream.from(produced)`.
 *
 * It needs `promiseModule`, and a strategy that lets the host run.
 *
 * @param program gets `put`, which any of its tasks may call
 * @throws NotAFunctionError, NotACoroutineError if `program` is no function that makes a program; InvalidArgumentError for wrong options
 * @example
 * const rows = yield* produce(function* (put: Put<string>) {
 *   for (;;) yield* put(`${yield* queue.get()}\n`);
 * });
 * Readable.from(rows).pipe(response);
 */
export const produce = /* @__PURE__ */ coroutine(function* produce<T, E extends LoopEvent>(
  program: (put: Put<T>) => Program<unknown, E>,
  options: SpawnOptions = {},
): Coroutine<Produced<T>, E | Action<void> | Spawn> {
  checkMaker('produce', program);
  checkArgument('produce', options, 'object', "options like { name: 'rows' }");
  const producer = new Producer<T>();
  function* producing(): Coroutine<void, E | Action<void>> {
    yield* producer.demanded();
    yield* bodyOf('produce', program(producer.put), program);
  }
  const { name = program.name || undefined } = options;
  producer.follow(yield* spawn(producing, { ...options, ...(name !== undefined && { name }) }));
  return producer;
});

interface Demand<T> {
  resolve(step: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

class Producer<T> implements Produced<T> {
  /** The calls of `next` that wait for an item. */
  readonly #demands = new Fifo<Demand<T>>();
  /** The tasks of the program that wait for a demand. */
  readonly #suppliers = new Set<() => void>();
  #task: Task | undefined;
  #isOver = false;
  #failure: Failure | undefined;

  readonly #demand: Action<void> = action<void>(resolve => {
    if (this.#demands.size > 0) return resolve();
    const told = () => resolve();
    this.#suppliers.add(told);
    return () => this.#suppliers.delete(told);
  });

  *demanded(): Coroutine<void, Action<void>> {
    while (this.#demands.size === 0) yield* this.#demand;
  }

  readonly put: Put<T> = item => this.#supply(item);

  *#supply(value: T): Coroutine<void, Action<void>> {
    // Several tasks may wait for one demand.
    yield* this.demanded();
    this.#demands.shift()!.resolve({ done: false, value });
    yield* this.demanded();
  }

  follow(task: Task): void {
    this.#task = task;
    task.then(
      () => this.#ended(undefined),
      error => this.#ended({ error }),
    );
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#demands.push({ resolve, reject });
      if (this.#isOver) this.#answer();
      else for (const told of [...this.#suppliers]) told();
    });
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#ended(undefined);
    this.#task!.cancel('the host has left the iteration');
    // A cancellation is what was asked for, and a failure goes to the parent.
    await this.#task!.then(
      () => {},
      () => {},
    );
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #ended(failure: Failure | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#answer();
  }

  /** The first that asks gets the failure, as with an async generator. */
  #answer(): void {
    for (let demand = this.#demands.shift(); demand !== undefined; demand = this.#demands.shift()) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure === undefined) demand.resolve({ done: true, value: undefined });
      else demand.reject(failure.error);
    }
  }
}
