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

/** The time of a `timeout` or a `deadline` was up; whose it was stands in the message. */
export class TimeoutError extends EscapementError {
  static override readonly name = 'TimeoutError';
  override readonly code = 'ESC_TIMEOUT';

  /** @internal */
  constructor(
    taskName: string,
    what: string,
    /** When the time was up, on the loop's clock. */
    readonly deadline: Instant,
  ) {
    super(`${what} of task "${taskName}" was up before its work was done. Give it more time, or do less in it.`);
  }
}

/** The events that a deadline itself waits for. */
export type DeadlineEvent = Sleep | Scope | CurrentTask;

/**
 * Runs `body` and evaluates to its value; when `duration` is up before that, `body` is cancelled and finished, and
 * `TimeoutError` is thrown. Of nested ones the earliest wins, and the error is thrown at that one. A cancellation of the
 * task goes before; a value that is there in time is never lost.
 *
 * @param duration in milliseconds; `Infinity` is no limit
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

/** Like `timeout`, with the instant on the loop's clock at which the time is up. */
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

// Not inside of `limit`: V8 gives the generators of each function a shape of their own, and a function made anew in each call
// takes longer than all the rest.
function* limited<T, E extends LoopEvent>(limit: Limit, body: Yieldable<T, E>): Coroutine<T, E | DeadlineEvent> {
  limit.begin(yield* currentTask());
  return yield* body;
}

/** A timer beside the task that runs the body. Both its start and its expiry take their turn among the tasks that are ready. */
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

  /** What to throw for `error`: a cancellation of the caller goes before; so does an error of the clean-up, for then the task has failed. */
  errorFor(error: unknown): unknown {
    const isTimeout = this.#expired !== undefined && this.#task?.state === 'cancelled' && !(error instanceof Cancelled);
    return isTimeout && (error as TaskCancelledError).cause === this.#expired ? this.#expired : error;
  }
}
