import { describe } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';

/** One coroutine was given to two tasks, or to a second one after the first was done. */
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
 * Thrown into a task at its suspension points once it is cancelled. Let it pass; catch it only to clean up.
 *
 * It has no stack: taking one costs more than all the rest of a cancellation, and would show who resumed the task.
 */
export class Cancelled extends EscapementError {
  static override readonly name = 'Cancelled';
  override readonly code = 'ESC_CANCELLED';

  /** @internal */
  constructor(
    taskName: string,
    readonly reason: unknown,
  ) {
    super(`task "${taskName}" was cancelled: ${describe(reason)}`, { cause: reason });
  }

  /** @internal */
  static withoutStack(taskName: string, reason: unknown): Cancelled {
    const { stackTraceLimit } = Error as { stackTraceLimit?: number };
    (Error as { stackTraceLimit?: number }).stackTraceLimit = 0;
    const cancelled = new Cancelled(taskName, reason);
    if (stackTraceLimit !== undefined) (Error as { stackTraceLimit?: number }).stackTraceLimit = stackTraceLimit;
    return cancelled;
  }
}

/** A task went on and on after it was cancelled, and was ended by force. It fails with this. */
export class CancellationIgnoredError extends EscapementError {
  static override readonly name = 'CancellationIgnoredError';
  override readonly code = 'ESC_CANCELLATION_IGNORED';

  /** @internal */
  constructor(taskName: string, event: string, times: number, cause: unknown) {
    super(
      `task "${taskName}" was cancelled, and went on ${times} times all the same, the last time to ${event}. It was ended by force; its \`finally\` blocks did not run. Let Cancelled pass, and put what must still wait into shield(...).`,
      { cause },
    );
  }
}

/** Thrown by `join` of a task that was cancelled: the joined one, not the one that joins. */
export class TaskCancelledError extends EscapementError {
  static override readonly name = 'TaskCancelledError';
  override readonly code = 'ESC_TASK_CANCELLED';

  constructor(taskName: string, cause: unknown) {
    super(
      `joined task "${taskName}", which was cancelled and has no value. Look at task.result instead, or do not join it.`,
      {
        cause,
      },
    );
  }
}
