import { EscapementError } from '@escapement/core';

/** A task acquired a lock that it holds already, or whose holder waits for the end of the task. Thrown at the `yield*`. */
export class LockHeldError extends EscapementError {
  static override readonly name = 'LockHeldError';
  override readonly code = 'ESC_LOCK_HELD';

  /** @internal */
  static byItself(lock: string, task: string): LockHeldError {
    return new LockHeldError(
      `${task} acquired ${lock}, which it already holds: it would wait for itself forever. Release it first, or acquire it only in the outermost caller.`,
    );
  }

  /** @internal */
  static byAncestor(lock: string, task: string, holder: string): LockHeldError {
    return new LockHeldError(
      `${task} acquired ${lock}, which is held by ${holder}, and that waits for the end of this task: both would wait forever. Acquire it only in the holder, or release it there before.`,
    );
  }
}

/** A task released a lock, or waited on its condition, without holding it. */
export class LockNotHeldError extends EscapementError {
  static override readonly name = 'LockNotHeldError';
  override readonly code = 'ESC_LOCK_NOT_HELD';

  /** @internal @param found who holds it, in words */
  constructor(task: string, action: string, lock: string, found: string) {
    super(
      `${task} ${action} ${lock}, which is ${found}. Acquire it first, and release it once; \`yield* lock.with(...)\` does both.`,
    );
  }
}

/** A semaphore was released while all of its `max` permits were free. */
export class SemaphoreFullError extends EscapementError {
  static override readonly name = 'SemaphoreFullError';
  override readonly code = 'ESC_SEMAPHORE_FULL';

  /** @internal */
  constructor(task: string, semaphore: string, max: number) {
    super(
      `${task} released ${semaphore}, which already has all of its ${max} permits. Release once per acquire; \`yield* semaphore.with(...)\` does both.`,
    );
  }
}

/** A task put an item into a closed queue or channel, or tried to get one from a closed and empty one. */
export class QueueClosedError extends EscapementError {
  static override readonly name = 'QueueClosedError';
  override readonly code = 'ESC_QUEUE_CLOSED';

  /** @internal */
  static forPut(task: string, queue: string): QueueClosedError {
    return new QueueClosedError(
      `${task} put an item into ${queue}, which is closed; the item was not added. Close it after the last put, or catch this error and stop.`,
    );
  }

  /** @internal */
  static forGet(task: string, queue: string): QueueClosedError {
    return new QueueClosedError(
      `${task} tried to get an item from ${queue}, which is closed and empty. Use next() or forEach(), which report the end without an error.`,
    );
  }
}

/** An item was published in a closed broadcast. */
export class BroadcastClosedError extends EscapementError {
  static override readonly name = 'BroadcastClosedError';
  override readonly code = 'ESC_BROADCAST_CLOSED';

  /** @internal */
  constructor(task: string, broadcast: string) {
    super(
      `${task} published an item in ${broadcast}, which is closed; no subscriber got it. Close it after the last publish, or catch this error and stop.`,
    );
  }
}
