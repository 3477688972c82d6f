import {
  bodyOf,
  Cancelled,
  type Coroutine,
  type CurrentTask,
  coroutine,
  currentTask,
  type Duration,
  EscapementError,
  type Instant,
  type LoopEvent,
  limitDeadline,
  type Now,
  now,
  type Program,
  type Scope,
  scope,
  type Task,
  type TaskCancelledError,
  type Watch,
  type WatchTarget,
  type Yieldable,
} from '@escapement/core';
import { checkDuration, checkInstant } from './check-time.js';
import { Sleep } from './time-event.js';

/** A `timeout` or a `deadline` expired before its body was done. The message names the task. */
export class TimeoutError extends EscapementError {
  static override readonly name = 'TimeoutError';
  override readonly code = 'ESC_TIMEOUT';

  /** @internal */
  constructor(
    taskName: string,
    what: string,
    /** When it expired, on the loop's clock. */
    readonly deadline: Instant,
  ) {
    super(`${what} of task "${taskName}" expired before its work was done. Allow more time, or do less work in it.`);
  }
}

/** The events that `deadline` and `timeout` themselves yield. */
export type DeadlineEvent = Sleep | Scope | CurrentTask;

/**
 * Runs `body` and evaluates to its value. If `duration` passes first, cancels `body`, waits until it has ended, and throws
 * `TimeoutError`. Of nested timeouts, the one that expires first throws. A cancellation of the caller takes precedence. A
 * value that comes in time is never lost.
 *
 * @param duration in milliseconds; `Infinity` means no limit
 * @throws InvalidTimeError for NaN and negative durations; NotACoroutineError
 * @example const page = yield* timeout(500, fetchPage(url));
 */
export const timeout = /* @__PURE__ */ coroutine(function* timeout<T, E extends LoopEvent>(
  duration: Duration,
  body: Program<T, E>,
): Coroutine<T, E | Now | DeadlineEvent> {
  checkDuration('timeout', duration);
  const until = (yield* now()) + duration;
  return yield* limit(until, bodyOf('timeout', body), `the timeout of ${duration} ms`);
});

/**
 * Like `timeout`, but expires at an instant on the loop's clock.
 * @throws InvalidTimeError for NaN; TimeoutError, NotACoroutineError
 */
export const deadline = /* @__PURE__ */ coroutine(function* deadline<T, E extends LoopEvent>(
  until: Instant,
  body: Program<T, E>,
): Coroutine<T, E | DeadlineEvent> {
  checkInstant('deadline', until);
  return yield* limit(until, bodyOf('deadline', body), `the deadline at ${until}`);
});

function* limit<T, E extends LoopEvent>(
  until: Instant,
  body: Yieldable<T, E>,
  what: string,
): Coroutine<T, E | DeadlineEvent> {
  const limit = new Limit(until, what, (yield* currentTask()).name);
  try {
    return yield* scope(limited(limit, body));
  } catch (error) {
    throw limit.errorFor(error);
  } finally {
    limit.end();
  }
}

// Not nested in `limit`: V8 creates a new generator shape for each function object, which would take longer than all the rest.
function* limited<T, E extends LoopEvent>(limit: Limit, body: Yieldable<T, E>): Coroutine<T, E | DeadlineEvent> {
  limit.begin(yield* currentTask());
  return yield* body;
}

/** The timer of a timeout: a watch, without a task of its own. It starts and expires through `task.defer`, in the ready order. */
class Limit implements WatchTarget<void> {
  #task: Task | undefined;
  #timer: Watch | undefined;
  #isOver = false;
  #expired: TimeoutError | undefined;

  constructor(
    readonly until: Instant,
    readonly what: string,
    readonly taskName: string,
  ) {}

  begin(task: Task): void {
    this.#task = task;
    limitDeadline(task, this.until);
    task.defer(() => {
      if (!this.#isOver) this.#timer = task.watch(new Sleep(this.until), this);
    });
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  resolved(): void {
    this.#task!.defer(() => this.#expire());
  }

  rejected(error: unknown): void {
    this.#task!.defer(() => {
      throw error;
    });
  }

  #expire(): void {
    this.#expired = new TimeoutError(this.taskName, this.what, this.until);
    this.#task!.cancel(this.#expired);
  }

  /** A cancellation of the caller takes precedence over `TimeoutError`; so does an error of the clean-up. */
  errorFor(error: unknown): unknown {
    const isTimeout = this.#expired !== undefined && this.#task?.state === 'cancelled' && !(error instanceof Cancelled);
    return isTimeout && (error as TaskCancelledError).cause === this.#expired ? this.#expired : error;
  }
}
