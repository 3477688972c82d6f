import type { Instant } from '../events/instant.js';
import type { EventClass, LoopEvent, ResultOf } from '../events/loop-event.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';
import type { SleepStrategy } from './sleep-strategy.js';
import type { Wakeup } from './wakeup.js';

/**
 * A plugin that knows how to wait for one class of event, and for its subclasses that have no handler of their own.
 *
 * The loop calls everything here on its own thread. `arm` and `disarm` are the whole duty; override the rest as needed.
 * The loop looks once, when it is built, which methods a handler overrides: what is left out costs nothing.
 *
 * @example A flag that somebody raises.
 * class FlagHandler extends EventHandler<Raised> {
 *   override readonly handles = Raised;
 *   override arm(event: Raised, waiter: Waiter<void>) { event.flag.onRaise(waiter); }
 *   override disarm(event: Raised, waiter: Waiter<void>) { event.flag.forget(waiter); }
 * }
 */
export abstract class EventHandler<E extends LoopEvent = LoopEvent> {
  /** The event class that this handler serves. Two handlers for one class are refused when the loop is built. */
  abstract readonly handles: EventClass<E>;

  /**
   * True when only the host's own loop can complete the waits: promises, callbacks of the host's. Such a handler is
   * refused, when the loop is built, beside a strategy that never lets the host run.
   */
  readonly needsHost: boolean = false;

  /**
   * A task waits for `event`: settle `waiter` exactly once, now or later. Called once for each wait. A refusal goes to
   * `waiter.reject(error)`; what `arm` throws is taken for a fault of the handler and thrown into the coroutine as
   * `HandlerError`. Then `disarm` is not called: leave nothing behind.
   */
  abstract arm(event: E, waiter: Waiter<ResultOf<E>>): void;

  /**
   * The wait was abandoned: forget `waiter`. Called at most once for a wait, with the same two objects as `arm`, and
   * never after `waiter` was settled. Settling it from now on does nothing.
   */
  abstract disarm(event: E, waiter: Waiter<ResultOf<E>>): void;

  /**
   * The task that waits for `event` was cancelled. True, the default: the wait ends now, with `disarm` and `Cancelled`.
   * False: the operation cannot be interrupted, or not before it has stopped. The wait then goes on, and whoever cancels waits for
   * it, until you settle `waiter`: with its result, or, once the operation has stopped, with `waiter.reject(waiter.cancelled)`.
   * Called once for a wait at most; may settle `waiter` itself. (Trio's `abort_fn`, which may refuse.)
   */
  interrupt(_event: E, _waiter: Waiter<ResultOf<E>>): boolean {
    return true;
  }

  /**
   * Whether a task that is cancelled already may begin to wait for `event`. False, the default: `Cancelled` is thrown at the
   * `yield*`. True only for what a clean-up needs, as `shield` does; such a wait is not interrupted.
   */
  startsWhenCancelled(_event: E): boolean {
    return false;
  }

  /** Settle every waiter whose event has come by `now`. Called once a turn; must not block. */
  poll(_now: Instant): void {}

  /** When `poll` must run next, at the latest. Called before each sleep; may be too early, never too late. */
  nextDeadline(): Instant {
    return Infinity;
  }

  /**
   * How many waits something outside the loop may end (a descriptor, a thread, a callback). While it is above 0 the
   * loop goes on sleeping although no deadline is left; at 0 everywhere it reports a deadlock. A handler that counts
   * waits here either needs the host or overrides `beforeSleep`: else nothing could end a sleep that blocks.
   */
  inFlight(): number {
    return 0;
  }

  /**
   * The tasks one of which must act for `event` to happen, as far as the handler knows. Only reports ask: `loop.dump()` and
   * `DeadlockError` name tasks that wait for each other in a circle.
   */
  blockers(_event: E): Iterable<Task> {
    return [];
  }

  /**
   * The loop is about to give up the thread. From now until the next `poll`, call `wakeup.request()` for a turn when an
   * event comes from another thread, unless `strategy.sleepsIn` ends the sleep by itself. Not called for strategies that
   * spin or jump: they come back within microseconds.
   */
  beforeSleep(_wakeup: Wakeup, _strategy: SleepStrategy): void {}

  /**
   * The run is over and every wait was settled or disarmed, unless the run broke: let go of what is held outside, if
   * anything is. A later run may arm again.
   */
  close(): void {}
}
