import {
  bodyFrom,
  bodyOf,
  Cancelled,
  type Coroutine,
  type Duration,
  type Instant,
  type LoopEvent,
  limitDeadline,
  type Now,
  now,
  programName,
  runningTask,
  type Scope,
  type ScopeOptions,
  scope,
  type Task,
  type TaskCancelledError,
  type Watch,
  type WatchTarget,
  type Yieldable,
} from '@escapement/core';
import { checkDuration, checkInstant } from './check-time.js';
import { Sleep } from './time-event.js';
import { TimeoutError } from './timeout-error.js';

/**
 * The time limit of a `timeout`, `deadline`, `moveOnAfter` or `moveOnAt`, which pass it to a body that is a function. The body,
 * its children and host code may read and move it.
 *
 * @example
 * yield* moveOnAfter(1000, function* (limit) {
 *   for (let bytes; (bytes = yield* stream.read()) !== undefined; ) {
 *     limit.deadline = (yield* now()) + 1000; // a second of silence ends it, not a second in all
 *     consume(bytes);
 *   }
 * });
 */
export interface Limit {
  /**
   * When the time is up: an instant on the loop's clock in milliseconds; `Infinity`: never. Set it to move the limit, to any
   * instant. Once the limit has expired, or the body has ended, that changes nothing any more. If it has passed, the limit
   * expires after the tasks that are ready now. Limits that expire at the same instant do so in the order in which they were set.
   *
   * @throws InvalidTimeError for NaN, when set
   */
  deadline: Instant;

  /**
   * Whether the time was up before the body had ended, so that the body was cancelled; it may have returned a value
   * all the same, without another wait. False if another cancellation came first. It stays as it is when the body has ended.
   */
  readonly hasExpired: boolean;
}

/** What runs within a limit: a program, or a function that gets the limit and makes one. */
export type LimitedProgram<T, E extends LoopEvent> = Yieldable<T, E> | ((limit: Limit) => Yieldable<T, E>);

/** The events that a limit itself yields; one after a duration asks for the time, too: `Now`. */
export type LimitEvent = Sleep | Scope;

type Caller = 'timeout' | 'deadline' | 'moveOnAfter' | 'moveOnAt';

/** Made once, not for each limit. */
const CALLED: Readonly<Record<Caller, ScopeOptions>> = {
  timeout: { caller: 'timeout' },
  deadline: { caller: 'deadline' },
  moveOnAfter: { caller: 'moveOnAfter' },
  moveOnAt: { caller: 'moveOnAt' },
};

/** @internal Runs `body` until `time`: an instant, or after a duration. @throws TimeoutError, if `throws`; else it is undefined then */
export function* limited<T, E extends LoopEvent>(
  caller: Caller,
  time: Duration | Instant,
  body: LimitedProgram<T, E>,
): Coroutine<T | undefined, E | Now | LimitEvent> {
  const isDuration = caller === 'timeout' || caller === 'moveOnAfter';
  if (isDuration) checkDuration(caller, time);
  else checkInstant(caller, time);
  const limit = new RunningLimit(caller, time, isDuration ? (yield* now()) + time : time, body);
  const program = typeof body === 'function' ? bodyFrom(caller, body, limit) : bodyOf(caller, body);
  try {
    return yield* scope(begun(limit, program), CALLED[caller]);
  } catch (error) {
    if (!limit.hasEnded(error)) throw error;
    if (caller === 'timeout' || caller === 'deadline') throw limit.error;
    return undefined;
  } finally {
    limit.end();
  }
}

// Not nested in `limited`: V8 creates a new generator shape for each function object, which would take longer than all the rest.
function* begun<T, E extends LoopEvent>(limit: RunningLimit, body: Yieldable<T, E>): Coroutine<T, E> {
  limit.begin(runningTask()!);
  return yield* body;
}

/** Its timer is a watch, without a task of its own. It starts and expires through `task.defer`, in the ready order. */
class RunningLimit implements Limit, WatchTarget<void> {
  /** What it expired with. */
  error: TimeoutError | undefined = undefined;
  #deadline: Instant;
  #task: Task | undefined = undefined;
  #timer: Watch | undefined = undefined;
  /** The deadline that the timer was set to. */
  #timerDeadline: Instant = Infinity;
  #isOver = false;

  constructor(
    readonly caller: Caller,
    readonly time: Duration | Instant,
    deadline: Instant,
    readonly body: LimitedProgram<unknown, LoopEvent>,
  ) {
    this.#deadline = deadline;
  }

  get deadline(): Instant {
    return this.#deadline;
  }

  set deadline(until: Instant) {
    checkInstant('limit.deadline', until);
    if (this.#isOver || this.error !== undefined) return;
    this.#deadline = until;
    // It begins with the deadline that it has then.
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    if (until >= now().attempt(this.#task!)!.value) this.#setTimer();
    else {
      this.#timerDeadline = until;
      this.resolved();
    }
  }

  get hasExpired(): boolean {
    return this.error !== undefined;
  }

  begin(task: Task): void {
    this.#task = task;
    limitDeadline(task, this);
    task.defer(() => {
      if (!this.#isOver) this.#setTimer();
    });
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  resolved(): void {
    const due = this.#timerDeadline;
    this.#task!.defer(() => {
      // Unless it was moved to later meanwhile.
      if (this.#deadline <= due) this.#expire();
    });
  }

  rejected(error: unknown): void {
    this.#task!.defer(() => {
      throw error;
    });
  }

  /** Whether `error` comes from its scope because it has expired, and neither from a cancellation of the caller nor a clean-up. */
  hasEnded(error: unknown): boolean {
    const isMine = this.error !== undefined && this.#task?.state === 'cancelled' && !(error instanceof Cancelled);
    return isMine && (error as TaskCancelledError).cause === this.error;
  }

  #setTimer(): void {
    this.#timerDeadline = this.#deadline;
    this.#timer = this.#task!.watch(new Sleep(this.#deadline), this);
  }

  #expire(): void {
    const task = this.#task!;
    if (this.#isOver || task.isCancelled) return;
    this.error = new TimeoutError(task.parent!.name, this.#describe(), this.#deadline, programName(this.body as never));
    task.cancel(this.error);
  }

  #describe(): string {
    const isDuration = this.caller === 'timeout' || this.caller === 'moveOnAfter';
    return isDuration ? `the ${this.caller} of ${this.time} ms` : `the ${this.caller} at ${this.time}`;
  }
}
