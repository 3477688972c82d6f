import {
  bodyOf,
  type Coroutine,
  checkProgram,
  coroutine,
  type LoopEvent,
  type Program,
  type Task,
  type Waiter,
} from '@escapement/core';
import { AT_ONCE, type AtOnce, SyncEvent } from './sync-event.js';

/** What can be acquired: a lock, a semaphore. */
export interface Acquirable {
  /** @internal False if `task` has to wait. */
  takeNow(task: Task | undefined): boolean;
  /** @internal */
  enter(waiter: Waiter<void>): void;
  /** @internal */
  leave(): void;
  acquire(): Acquire;
  release(): void;
}

/** The event behind `lock.acquire()` and `semaphore.acquire()`. */
export class Acquire extends SyncEvent<void> {
  override get kind() {
    return 'acquire' as const;
  }

  readonly #source: Acquirable;

  /** @internal */
  constructor(source: Acquirable) {
    super();
    this.#source = source;
  }

  /** @internal */
  override attempt(task: Task | undefined): AtOnce<void> | undefined {
    return this.#source.takeNow(task) ? AT_ONCE : undefined;
  }

  /** @internal */
  override enter(waiter: Waiter<void>): void {
    this.#source.enter(waiter);
  }

  /** @internal */
  override leave(): void {
    this.#source.leave();
  }

  override toString(): string {
    return `Acquire(${this.#source})`;
  }
}

/** Runs `body` between acquire and release, which comes also after an error and a cancellation. */
export const holding = /* @__PURE__ */ coroutine(function* holding<T, E extends LoopEvent>(
  source: Acquirable,
  caller: string,
  body: Program<T, E>,
): Coroutine<T, E | Acquire> {
  checkProgram(caller, body);
  yield* source.acquire();
  try {
    return yield* bodyOf(caller, body);
  } finally {
    source.release();
  }
});
