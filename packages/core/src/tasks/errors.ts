import { describe } from '../errors/describe.js';
import { EscapementError } from '../errors/escapement-error.js';
import { startAtCaller } from '../errors/start-at-caller.js';
import { nameFrom } from './task-name.js';

/** A coroutine was given to a second task. */
export class CoroutineReusedError extends EscapementError {
  static override readonly name = 'CoroutineReusedError';
  override readonly code = 'ESC_COROUTINE_REUSED';

  constructor(caller: string, owner: string) {
    super(
      `${caller} got a coroutine that task "${owner}" already runs or ran. A coroutine runs once: call the generator function again for a new one.`,
    );
    startAtCaller(this);
  }
}

/**
 * Thrown into a cancelled task at each suspension. Do not swallow it; catch it only to clean up, and rethrow it. Its
 * `stack` is undefined: capturing one would cost more than the rest of the cancellation, and show only the loop.
 */
export class Cancelled extends EscapementError {
  static override readonly name = 'Cancelled';
  readonly #task: string | number;
  readonly reason: unknown;

  /** @internal */
  constructor(task: string | number, reason: unknown) {
    super();
    this.#task = task;
    this.reason = reason;
  }

  // Accessors, because hardly anybody reads them, and fields would double the cost of a cancellation.
  override get code() {
    return 'ESC_CANCELLED' as const;
  }

  override get message(): string {
    return `task "${nameFrom(this.#task)}" was cancelled: ${describe(this.reason)}`;
  }

  override get cause(): unknown {
    return this.reason;
  }

  /** @internal @param task its name, or the number of a name like `task-7`: see `nameOrId` */
  static withoutStack(task: string | number, reason: unknown): Cancelled {
    const stackTraceLimit = readStackTraceLimit();
    // The host captures no stack if the limit is no number; with 0 it would take three times as long. It may be fixed: the error has
    // a stack then.
    if (typeof stackTraceLimit !== 'number' || !setStackTraceLimit(undefined)) return new Cancelled(task, reason);
    try {
      return new Cancelled(task, reason);
    } finally {
      setStackTraceLimit(stackTraceLimit);
    }
  }
}

// The program may have made an accessor of it.
function readStackTraceLimit(): unknown {
  try {
    return (Error as { stackTraceLimit?: unknown }).stackTraceLimit;
  } catch {
    return undefined;
  }
}

function setStackTraceLimit(limit: number | undefined): boolean {
  try {
    // Not `Reflect.set`, which takes twenty times as long.
    (Error as { stackTraceLimit?: unknown }).stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}

/** @internal What a task does that is cancelled. */
export const HOW_TO_END =
  'Rethrow Cancelled wherever you catch errors, and wrap clean-up that must wait in shield(...), as the outermost: shield(timeout(1000, cleanup)).';

/** A cancelled task caught `Cancelled` 100 times and went on. The loop ended it by force; it fails with this error. */
export class CancellationIgnoredError extends EscapementError {
  static override readonly name = 'CancellationIgnoredError';
  override readonly code = 'ESC_CANCELLATION_IGNORED';

  /** @internal */
  constructor(taskName: string, event: string, times: number, cause: unknown) {
    super(
      `task "${taskName}" was cancelled, but caught Cancelled ${times} times and went on, the last time to ${event}. It was ended by force; its \`finally\` blocks did not run. ${HOW_TO_END}`,
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

/** A task joined a task of another loop. Thrown at the `yield*`. */
export class ForeignTaskError extends EscapementError {
  static override readonly name = 'ForeignTaskError';
  override readonly code = 'ESC_FOREIGN_TASK';

  /** @internal */
  constructor(joiner: string, joined: string) {
    super(
      `task "${joiner}" joined task "${joined}" of another loop, and no event of its own loop tells it of that end. Wait for it as for a promise: \`yield* resolved(task)\`, from @escapement/promises.`,
    );
  }
}

/** A task was awaited whose value is the task itself, directly or through the values of other tasks. */
export class CircularValueError extends EscapementError {
  static override readonly name = 'CircularValueError';
  override readonly code = 'ESC_CIRCULAR_VALUE';

  /** @internal */
  constructor(taskName: string) {
    super(
      `task "${taskName}" was awaited, but its value leads back to itself. A promise takes the value of a task instead of the task, and would go round for ever. Return something else, or put the task into an object or an array.`,
    );
  }
}
