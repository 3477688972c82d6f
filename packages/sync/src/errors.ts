import { EscapementError } from '@escapement/core';

/** A task acquired a lock that it holds. Thrown at the `yield*`. */
export class LockHeldError extends EscapementError {
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

/** A number of permits, parties or places that makes no sense. */
export class InvalidCountError extends RangeError {
  readonly code = 'ESC_INVALID_COUNT';

  /** @internal */
  constructor(what: string, given: unknown, expected: string, advice: string) {
    const shown = typeof given === 'number' ? String(given) : `${typeof given} ${String(given)}`;
    super(`${what} is ${shown}, expected ${expected}. ${advice}`);
  }

  override get name(): string {
    return 'InvalidCountError';
  }
}

/** @throws InvalidCountError */
export function checkCount(what: string, given: number, least: number, mayBeInfinite: boolean, advice: string): void {
  if (Number.isInteger(given) && given >= least) return;
  if (mayBeInfinite && given === Infinity) return;
  const expected = `a whole number, ${least} or more${mayBeInfinite ? ', or Infinity' : ''}`;
  throw new InvalidCountError(what, given, expected, advice);
}
