import { describe, safely } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';

/** A coroutine was given to a second task. */
export class CoroutineReusedError extends EscapementError {
  static override readonly name = 'CoroutineReusedError';
  override readonly code = 'ESC_COROUTINE_REUSED';

  constructor(caller: string, owner: string) {
    super(
      `${caller} got a coroutine that task "${owner}" already runs or ran. A coroutine runs once: call the generator function again for a new one.`,
    );
  }
}

/**
 * Thrown into a cancelled task at each suspension. Do not swallow it; catch it only to clean up, and rethrow it. It has no
 * stack: capturing one would cost more than the rest of the cancellation, and show only the loop.
 */
export class Cancelled extends EscapementError {
  static override readonly name = 'Cancelled';
  readonly #taskName: string;
  readonly reason: unknown;

  /** @internal */
  constructor(taskName: string, reason: unknown) {
    super();
    this.#taskName = taskName;
    this.reason = reason;
  }

  // Accessors, because hardly anybody reads them, and fields would double the cost of a cancellation.
  override get code() {
    return 'ESC_CANCELLED' as const;
  }

  override get message(): string {
    return `task "${this.#taskName}" was cancelled: ${describe(this.reason)}`;
  }

  override get cause(): unknown {
    return this.reason;
  }

  /** @internal */
  static withoutStack(taskName: string, reason: unknown): Cancelled {
    const { stackTraceLimit } = Error as { stackTraceLimit?: unknown };
    // The host captures no stack if the limit is no number. It may be fixed: the error has a stack then.
    if (typeof stackTraceLimit !== 'number' || !setStackTraceLimit(0)) return new Cancelled(taskName, reason);
    try {
      return new Cancelled(taskName, reason);
    } finally {
      setStackTraceLimit(stackTraceLimit);
    }
  }
}

function setStackTraceLimit(limit: number): boolean {
  return safely(() => Reflect.set(Error, 'stackTraceLimit', limit)) ?? false;
}

/** A cancelled task caught `Cancelled` 100 times and went on. The loop ended it by force; it fails with this error. */
export class CancellationIgnoredError extends EscapementError {
  static override readonly name = 'CancellationIgnoredError';
  override readonly code = 'ESC_CANCELLATION_IGNORED';

  /** @internal */
  constructor(taskName: string, event: string, times: number, cause: unknown) {
    super(
      `task "${taskName}" was cancelled, but caught Cancelled ${times} times and went on, the last time to ${event}. It was ended by force; its \`finally\` blocks did not run. Rethrow Cancelled, and wrap clean-up that must wait in shield(...).`,
      { cause },
    );
  }
}

/** Thrown by `join` when the joined task was cancelled. */
export class TaskCancelledError extends EscapementError {
  static override readonly name = 'TaskCancelledError';
  override readonly code = 'ESC_TASK_CANCELLED';

  constructor(taskName: string, cause: unknown) {
    super(
      `joined task "${taskName}", which was cancelled and has no value. Read task.result instead, or do not join it.`,
      { cause },
    );
  }
}
