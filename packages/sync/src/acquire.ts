import {
  ANSWERED,
  type Answer,
  bodyOf,
  Cancelled,
  type Coroutine,
  checkProgram,
  coroutine,
  type LoopEvent,
  type Program,
  runningTask,
  type Task,
} from '@escapement/core';
import { SourceEvent, type SyncSource } from './sync-event.js';

/** A lock or a semaphore. */
export interface Acquirable extends SyncSource {
  /** The task that holds a lock. */
  readonly holder?: Task | undefined;
  /** @internal @returns false if `task` has to wait */
  takeNow(task: Task | undefined): boolean;
  acquire(): Acquire;
  release(): void;
}

/** The event behind `lock.acquire()` and `semaphore.acquire()`. */
export class Acquire extends SourceEvent<void, Acquirable> {
  override get kind() {
    return 'acquire' as const;
  }

  override attempt(task: Task | undefined): Answer<void> | undefined {
    return this.source.takeNow(task) ? ANSWERED : undefined;
  }

  /** @internal */
  override blockers(): Iterable<Task> {
    const { holder } = this.source;
    return holder === undefined ? [] : [holder];
  }
}

/**
 * Acquires `source`, runs `body`, and releases `source`, also after an error or a cancellation. If the release fails after an
 * error, as it does when `body` has released `source` itself, throws both.
 */
export const holding = /* @__PURE__ */ coroutine(function* holding<T, E extends LoopEvent>(
  source: Acquirable,
  caller: string,
  body: Program<T, E>,
): Coroutine<T, E | Acquire> {
  checkProgram(caller, body);
  yield* source.acquire();
  const errors: unknown[] = [];
  try {
    return yield* bodyOf(caller, body);
  } catch (error) {
    errors.push(error);
    throw error;
  } finally {
    release(source, caller, errors);
  }
});

/** `Cancelled` may also come from another loop; then it is an error like any other. */
function isOwnCancellation(error: unknown): boolean {
  return error instanceof Cancelled && runningTask()?.isCancelled === true;
}

/** @throws the error of the release, together with the body's `errors` */
function release(source: Acquirable, caller: string, errors: readonly unknown[]): void {
  try {
    source.release();
  } catch (error) {
    if (errors.length === 0 || isOwnCancellation(errors[0])) throw error;
    throw new AggregateError([...errors, error], `the body of ${caller} failed, and so did the release`);
  }
}
