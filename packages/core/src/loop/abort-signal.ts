import { describe, has } from '../errors/describe.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import type { Task } from '../tasks/task.js';

/** The part of an `AbortSignal` that the loop uses. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** @internal Cancels a task when a signal aborts. */
export class AbortWatch {
  #isAborted = false;
  #task: Task | undefined = undefined;

  /** @throws InvalidArgumentError for what is no AbortSignal */
  constructor(
    private readonly signal: AbortSignalLike,
    caller: string,
  ) {
    try {
      if (typeof signal.aborted !== 'boolean') throw new TypeError('it has no `aborted`');
      this.#isAborted = signal.aborted;
      signal.addEventListener('abort', this.#abort);
    } catch (error) {
      throw notASignal(caller, signal, error);
    }
  }

  /** Until the end of `task`, which is cancelled at once if the signal has aborted. */
  watch(task: Task): void {
    this.#task = task;
    task.extras.addEndListener(() => this.stop());
    if (this.#isAborted) this.#abort();
  }

  /** Ignores what the signal throws: the task has ended, and the listener does nothing any more. */
  stop(): void {
    this.#task = undefined;
    try {
      this.signal.removeEventListener('abort', this.#abort);
    } catch {}
  }

  readonly #abort = (): void => {
    this.#isAborted = true;
    this.#task?.cancel(reasonOf(this.signal));
  };
}

/** A getter that throws must not throw into the host, which would end the process. */
function reasonOf(signal: AbortSignalLike): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

function notASignal(caller: string, given: unknown, cause: unknown): InvalidArgumentError {
  const advice = has(given, 'abort') ? 'Pass controller.signal.' : 'Leave `signal` out if nothing aborts it.';
  const fault = `${caller} got ${describe(given)} for its signal, expected an AbortSignal: ${describe(cause)}. ${advice}`;
  return Object.assign(new InvalidArgumentError('ESC_INVALID_SIGNAL', fault), { cause });
}
