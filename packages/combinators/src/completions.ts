import {
  type Answer,
  bodyOf,
  type Coroutine,
  checkMaker,
  Fifo,
  type LoopEvent,
  type Program,
  SelfServedEvent,
  type Task,
  type Waiter,
  WaitQueue,
} from '@escapement/core';

/**
 * The tasks of a group in the order in which they end, from the call of `tasks.completed()` on. The iteration ends when the group has
 * no task left, daemons apart. Made by `tasks.completed()` of a `group`.
 *
 * It keeps each task until it is taken. If several tasks iterate over one object, each completion goes to one of them.
 */
export class Completions {
  /** @internal */
  readonly ended = new Fifo<Task>();
  /** @internal */
  readonly waiting = new WaitQueue<Waiter<unknown>>();
  readonly #next = new NextCompletion(this);

  /** @internal @param hasTasks whether the group has a task, no daemon, that has not ended */
  constructor(readonly hasTasks: () => boolean) {}

  /**
   * `yield* completions.next()` waits until a task has ended, and evaluates to an iterator result, as `queue.next()` does.
   * @example for (let next = yield* done.next(); !next.done; next = yield* done.next()) report(next.value.result);
   */
  next(): NextCompletion {
    return this.#next;
  }

  /**
   * Runs `work` for one task after the other, as they end.
   * @throws NotAFunctionError, NotACoroutineError
   */
  *forEach<E extends LoopEvent>(work: (task: Task) => Program<unknown, E>): Coroutine<void, E | NextCompletion> {
    checkMaker('completions.forEach', work);
    for (let next = yield* this.next(); !next.done; next = yield* this.next()) {
      yield* bodyOf('completions.forEach', work(next.value), work);
    }
  }

  /** @internal A task of the group has ended. */
  add(task: Task): void {
    const waiter = this.waiting.take();
    if (waiter === undefined) this.ended.push(task);
    else waiter.resolve({ done: false, value: task });
    if (this.hasTasks()) return;
    for (const left of this.waiting.takeAll()) left.resolve({ done: true, value: undefined });
  }
}

/** The event of `completions.next()`. */
export class NextCompletion extends SelfServedEvent<IteratorResult<Task, undefined>> {
  override get kind() {
    return 'next-completion' as const;
  }

  readonly #completions: Completions;

  /** @internal */
  constructor(completions: Completions) {
    super();
    this.#completions = completions;
  }

  override attempt(): Answer<IteratorResult<Task, undefined>> | undefined {
    const { ended, hasTasks } = this.#completions;
    const task = ended.shift();
    if (task !== undefined) return { done: true, value: { done: false, value: task } };
    return hasTasks() ? undefined : { done: true, value: { done: true, value: undefined } };
  }

  override arm(waiter: Waiter<unknown>): void {
    this.#completions.waiting.add(waiter);
  }

  override disarm(): void {
    this.#completions.waiting.abandoned();
  }
}
