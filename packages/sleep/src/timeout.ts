import {
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
  type Scope,
  type Spawn,
  scope,
  spawn,
  type Task,
  type TaskCancelledError,
  type Yieldable,
} from '@escapement/core';
import { checkDuration, checkInstant } from './check-time.js';
import { Sleep } from './time-event.js';

/** The time of a `timeout` or a `deadline` was up; whose it was stands in the message. */
export class TimeoutError extends EscapementError {
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
export type DeadlineEvent = Sleep | Scope | Spawn | CurrentTask;

/**
 * Runs `body` and evaluates to its value; when `duration` is up before that, `body` is cancelled and finished, and
 * `TimeoutError` is thrown. Of nested ones the earliest wins, and the error is thrown at that one. A cancellation of the
 * task goes before; a value that is there in time is never lost.
 *
 * @param duration in milliseconds; `Infinity` is no limit
 * @throws InvalidTimeError (a RangeError) for NaN and negative durations
 * @example const page = yield* timeout(500, fetchPage(url));
 */
export const timeout = /* @__PURE__ */ coroutine(function* timeout<T, E extends LoopEvent>(
  duration: Duration,
  body: Yieldable<T, E>,
): Coroutine<T, E | Now | DeadlineEvent> {
  checkDuration('timeout', duration);
  const until = (yield* now()) + duration;
  return yield* limit(until, body, `the timeout of ${duration} ms`);
});

/** Like `timeout`, with the instant on the loop's clock at which the time is up. */
export const deadline = /* @__PURE__ */ coroutine(function* deadline<T, E extends LoopEvent>(
  until: Instant,
  body: Yieldable<T, E>,
): Coroutine<T, E | DeadlineEvent> {
  checkInstant('deadline', until);
  return yield* limit(until, body, `the deadline at ${until}`);
});

function* limit<T, E extends LoopEvent>(
  until: Instant,
  body: Yieldable<T, E>,
  what: string,
): Coroutine<T, E | DeadlineEvent> {
  const { name } = yield* currentTask();
  let expired: TimeoutError | undefined;
  let limitedTask: Task | undefined;

  function* expire(limited: Task): Coroutine<void, Sleep> {
    yield* new Sleep(until);
    expired = new TimeoutError(name, what, until);
    limited.cancel(expired);
  }

  function* limited(): Coroutine<T, E | DeadlineEvent> {
    limitedTask = yield* currentTask();
    yield* spawn(expire(limitedTask), { daemon: true, name: `${what} of ${name}` });
    return yield* body;
  }

  try {
    return yield* scope(limited());
  } catch (error) {
    // A cancellation of the caller goes before; so does an error of the clean-up, for then the task has failed.
    const isTimeout = expired !== undefined && limitedTask?.state === 'cancelled' && !(error instanceof Cancelled);
    throw isTimeout && (error as TaskCancelledError).cause === expired ? expired : error;
  }
}
