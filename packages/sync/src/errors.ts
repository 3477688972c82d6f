import { EscapementError } from '@escapement/core';

/** A task acquired a lock that it holds. Thrown at the `yield*`. */
export class LockHeldError extends EscapementError {
  static override readonly name = 'LockHeldError';
  override readonly code = 'ESC_LOCK_HELD';

  /** @internal */
  constructor(lock: string, task: string) {
    super(
      `${task} acquired ${lock}, which it holds already: it would wait for itself for ever. Release it first, or leave the acquiring to the outermost caller.`,
    );
  }
}

/** A lock was released by somebody who does not hold it, or whom nobody gave it. */
export class LockNotHeldError extends EscapementError {
  static override readonly name = 'LockNotHeldError';
  override readonly code = 'ESC_LOCK_NOT_HELD';

  /** @internal @param found who holds it, in words */
  constructor(task: string, action: string, lock: string, found: string) {
    super(
      `${task} ${action} ${lock}, which is ${found}. Acquire it before, and release it once; \`yield* lock.with(...)\` does both.`,
    );
  }
}

/** A semaphore got back more permits than it may have. */
export class SemaphoreFullError extends EscapementError {
  static override readonly name = 'SemaphoreFullError';
  override readonly code = 'ESC_SEMAPHORE_FULL';

  /** @internal */
  constructor(task: string, semaphore: string, max: number) {
    super(
      `${task} released ${semaphore}, which has all its ${max} permits already. Release once for each acquire; \`yield* semaphore.with(...)\` does both.`,
    );
  }
}

/** A queue or channel is closed: nothing goes in any more, or nothing is left to come out. */
export class QueueClosedError extends EscapementError {
  static override readonly name = 'QueueClosedError';
  override readonly code = 'ESC_QUEUE_CLOSED';

  /** @internal */
  static forPut(task: string, queue: string): QueueClosedError {
    return new QueueClosedError(
      `${task} put an item into ${queue}, which is closed; the item was not taken. Close it after the last put, or take this as the sign to stop.`,
    );
  }

  /** @internal */
  static forGet(task: string, queue: string): QueueClosedError {
    return new QueueClosedError(
      `${task} wanted an item of ${queue}, which is closed, and nothing is left. Use next() or forEach(), which tell the end without an error.`,
    );
  }
}
