import { COPY, thisCopy } from '../events/core-copy.js';
import type { Instant } from '../events/instant.js';
import type { EventClass, LoopEvent, ResultOf } from '../events/loop-event.js';
import type { WithOwnKind } from '../events/own-kind.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';
import type { SleepStrategy } from './sleep-strategy.js';
import type { Wakeup } from './wakeup.js';

/**
 * A plugin that knows how to wait for one class of event, and for its subclasses without a handler of their own.
 *
 * Implement `arm` and `disarm`; override the rest as needed. The loop calls all methods on its own thread. It checks once,
 * when it is built, which methods a handler overrides, and never calls the others.
 *
 * @example
 * class FlagHandler extends EventHandler<Raised> {
 *   override readonly handles = Raised;
 *   override arm(event: Raised, waiter: Waiter<void>) { event.flag.onRaise(waiter); }
 *   override disarm(event: Raised, waiter: Waiter<void>) { event.flag.forget(waiter); }
 * }
 */
export abstract class EventHandler<E extends LoopEvent = LoopEvent> {
  /** @internal */
  get [COPY](): typeof thisCopy {
    return thisCopy;
  }

  /** The event class that it serves. A loop takes one handler per class. */
  abstract readonly handles: EventClass<E> & WithOwnKind<E>;

  /**
   * True if only the host's own loop can complete the waits, as with promises and callbacks of the host. A loop refuses
   * such a handler together with a strategy that never lets the host run.
   */
  readonly needsHost: boolean = false;

  /**
   * A task waits for `event`: settle `waiter` exactly once, now or later. Called once per wait. If the operation is
   * refused, call `waiter.reject(error)`. If `arm` throws, the coroutine gets a `HandlerError`, and `disarm` is not called.
   */
  abstract arm(event: E, waiter: Waiter<ResultOf<E>>): void;

  /**
   * The wait was abandoned: forget `waiter`. It must have taken nothing: take an item, a lock or bytes only where you settle a
   * waiter in the same call. So `select` ends the waits that came second, and nothing is lost. Called at most once per wait, with the arguments of `arm`, and never after
   * `waiter` was settled. Settling it later does nothing. If the run breaks, because a plugin fails or nothing can ever
   * happen, also the waits are abandoned that `interrupt` lets go on.
   */
  abstract disarm(event: E, waiter: Waiter<ResultOf<E>>): void;

  /**
   * The waiting task was cancelled; called at most once per wait. Return true, the default, to end the wait now, with
   * `disarm` and `Cancelled`. Return false if the operation cannot be interrupted, or has to stop first: the wait then goes
   * on until you settle `waiter`, with its result or, if the operation has stopped, with `waiter.reject(waiter.cancelled)`.
   * May settle `waiter` itself. (In trio: an `abort_fn`, which may refuse.)
   */
  interrupt(_event: E, _waiter: Waiter<ResultOf<E>>): boolean {
    return true;
  }

  /**
   * Whether a task that is cancelled already may start to wait for `event`. With false, the default, the `yield*` throws
   * `Cancelled`. Return true only for what a clean-up needs, as `shield` does; such a wait is not interrupted.
   */
  startsWhenCancelled(_event: E): boolean {
    return false;
  }

  /**
   * Settle the waiters of all events that have happened by `now`. Called once a turn, in any order with the other handlers' polls;
   * must not block.
   */
  poll(_now: Instant): void {}

  /** The instant by which `poll` must run again. Called before each sleep; may be too early, never too late. */
  nextDeadline(): Instant {
    return Infinity;
  }

  /**
   * The number of waits that something outside the loop can end: a descriptor, a thread, a callback. While it is above 0,
   * the loop sleeps even without a deadline; if it is 0 for all handlers, that is a deadlock. A handler that overrides this
   * must set `needsHost` or override `beforeSleep`, or a strategy that blocks would never wake up.
   */
  inFlight(): number {
    return 0;
  }

  /**
   * The tasks that `event` waits for: one of them must act for it to happen. Used only for reports: `loop.dump()` and
   * `DeadlockError` show tasks that wait for each other in a circle.
   */
  blockers(_event: E): Iterable<Task> {
    return [];
  }

  /**
   * The loop is about to give up the thread. Until the next `poll`, call `wakeup.request()` when an event comes from another
   * thread, unless `strategy.sleepsIn` ends the sleep. Not called for strategies that spin or jump, which return soon.
   */
  beforeSleep(_wakeup: Wakeup, _strategy: SleepStrategy): void {}

  /** The run has ended: release what you hold outside of the loop. A later run may arm again. */
  close(): void {}
}

/**
 * The events that a handler of type `H` serves. None if that is a class without a type of its own, which would stand for all events:
 * `kind` is a `string`, and so is that of `LoopEvent`.
 */
export type EventsServedBy<H> =
  H extends EventHandler<infer E> ? ([LoopEvent, H] extends [E, Makes] ? never : E) : never;

interface Makes {
  readonly handles: new (...args: never[]) => unknown;
}
