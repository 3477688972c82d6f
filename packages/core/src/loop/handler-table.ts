import { describe } from '../errors/describe.js';
import type { Duration, Instant } from '../events/instant.js';
import { eventName, type LoopEvent } from '../events/loop-event.js';
import { DuplicateHandlerError, HandlerError } from '../extension-points/errors.js';
import { EventHandler } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';

type Overridable = 'poll' | 'nextDeadline' | 'inFlight' | 'beforeSleep' | 'close';

/** @internal The handlers of a loop: which one serves an event, and each hook called on those that have it. */
export class HandlerTable {
  readonly #byClass = new Map<unknown, EventHandler>();
  readonly #installed: readonly EventHandler[];
  readonly #pollers: readonly EventHandler[];
  readonly #timekeepers: readonly EventHandler[];
  readonly #outsiders: readonly EventHandler[];
  readonly #sleepers: readonly EventHandler[];
  readonly #closers: readonly EventHandler[];

  /** @throws DuplicateHandlerError */
  constructor(builtIn: readonly EventHandler[], installed: readonly EventHandler[]) {
    const all = [...builtIn, ...installed];
    for (const handler of all) this.#register(handler);
    const having = (method: Overridable) => all.filter(handler => handler[method] !== EventHandler.prototype[method]);
    this.#installed = installed;
    this.#pollers = having('poll');
    this.#timekeepers = having('nextDeadline');
    this.#outsiders = having('inFlight');
    this.#sleepers = having('beforeSleep');
    this.#closers = having('close').reverse();
  }

  /** The handler of the event's class, or of the nearest class that it extends. */
  find(event: LoopEvent): EventHandler | undefined {
    return this.#byClass.get(event.constructor) ?? this.#findInherited(event);
  }

  /** The names of the event classes that have handlers. */
  get handledNames(): string[] {
    return this.#installed.map(handler => handler.handles.name);
  }

  /** The name of a handled class with the kind of `event` that is another class: a second copy of a package. */
  twinOf(event: LoopEvent): string | undefined {
    return this.#installed.find(({ handles }) => handles.name === eventName(event))?.handles.name;
  }

  /** The tasks that `event` waits for, as far as its handler knows. */
  blockersOf(event: LoopEvent): Iterable<Task> {
    const handler = this.find(event);
    if (handler === undefined) return [];
    try {
      return handler.blockers(event);
    } catch (error) {
      throw fault(handler, 'blockers', error, event);
    }
  }

  poll(now: Instant): void {
    for (const handler of this.#pollers) {
      try {
        handler.poll(now);
      } catch (error) {
        throw fault(handler, 'poll', error);
      }
    }
  }

  nextDeadline(): Instant {
    let earliest = Infinity;
    for (const handler of this.#timekeepers) {
      const deadline = guarded(handler, 'nextDeadline');
      if (Number.isNaN(deadline))
        throw new HandlerError(nameOf(handler), 'nextDeadline', 'returned NaN, expected an instant');
      if (deadline < earliest) earliest = deadline;
    }
    return earliest;
  }

  /** A handler whose deadline has passed although it was polled. */
  nameOfOverdue(now: Instant): string {
    const overdue = this.#timekeepers.find(handler => handler.nextDeadline() <= now);
    return overdue === undefined ? 'a handler' : nameOf(overdue);
  }

  /** The handlers with waits that something outside may end. */
  inFlight(): EventHandler[] {
    return this.#outsiders.filter(handler => guarded(handler, 'inFlight') > 0);
  }

  /** Whether `handler` can end the sleep of a strategy that blocks. */
  canWake(handler: EventHandler): boolean {
    return this.#sleepers.includes(handler);
  }

  beforeSleep(wakeup: Wakeup, strategy: SleepStrategy): void {
    for (const handler of this.#sleepers) {
      try {
        handler.beforeSleep(wakeup, strategy);
      } catch (error) {
        throw fault(handler, 'beforeSleep', error);
      }
    }
  }

  /** Closes the handlers in reverse order, every one of them; the errors that they threw. */
  close(): HandlerError[] {
    const errors: HandlerError[] = [];
    for (const handler of this.#closers) {
      try {
        handler.close();
      } catch (error) {
        errors.push(fault(handler, 'close', error));
      }
    }
    return errors;
  }

  #register(handler: EventHandler): void {
    if (typeof handler.handles !== 'function') {
      throw new HandlerError(nameOf(handler), 'handles', `is ${describe(handler.handles)}, expected an event class`);
    }
    const taken = this.#byClass.get(handler.handles);
    if (taken !== undefined) {
      throw new DuplicateHandlerError(handler.handles.name, nameOf(taken), nameOf(handler));
    }
    this.#byClass.set(handler.handles, handler);
  }

  #findInherited(event: LoopEvent): EventHandler | undefined {
    for (let type = Object.getPrototypeOf(event.constructor); type !== null; type = Object.getPrototypeOf(type)) {
      const handler = this.#byClass.get(type);
      if (handler === undefined) continue;
      this.#byClass.set(event.constructor, handler);
      return handler;
    }
    return undefined;
  }
}

/** @internal Arms `waiter`; a handler that throws has failed the wait. */
export function arm(handler: EventHandler, waiter: Waiter<unknown>): void {
  try {
    handler.arm(waiter.event, waiter);
  } catch (error) {
    const failure = fault(handler, 'arm', error, waiter.event);
    // A waiter that was settled before the throw has been heard already: then the whole run must hear of the fault.
    if (waiter.isSettled) throw failure;
    waiter.reject(failure);
  }
}

/** @internal */
export function mayInterrupt(handler: EventHandler, waiter: Waiter<unknown>): boolean {
  try {
    return handler.interrupt(waiter.event, waiter);
  } catch (error) {
    throw fault(handler, 'interrupt', error, waiter.event);
  }
}

/** @internal */
export function disarm(handler: EventHandler, waiter: Waiter<unknown>): void {
  try {
    handler.disarm(waiter.event, waiter);
  } catch (error) {
    throw fault(handler, 'disarm', error, waiter.event);
  }
}

function guarded(handler: EventHandler, method: 'nextDeadline' | 'inFlight'): Duration {
  try {
    return handler[method]();
  } catch (error) {
    throw fault(handler, method, error);
  }
}

function fault(handler: EventHandler, method: string, error: unknown, event?: LoopEvent): HandlerError {
  const where = event === undefined ? '' : ` for ${event}`;
  return new HandlerError(nameOf(handler), method, `threw${where}: ${error}`, error);
}

/** @internal */
export function nameOf(handler: EventHandler): string {
  return handler.constructor.name;
}
