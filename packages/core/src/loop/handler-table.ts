import { classNameOf, describe, nameOf as functionName, safely } from '../errors/describe.js';
import type { Instant } from '../events/instant.js';
import { isEvent, LoopEvent } from '../events/loop-event.js';
import { placeAtYield } from '../events/unplaced.js';
import { DuplicateHandlerError, HandlerError } from '../extension-points/errors.js';
import { EventHandler } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import { type Chooser, orderChosenBy } from '../tasks/chosen-order.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';

type Optional = 'blockers' | 'poll' | 'nextDeadline' | 'inFlight' | 'beforeSleep' | 'close';

/** @internal The handlers of a loop. Finds the one for an event, and calls their methods; what they throw becomes a HandlerError. */
export class HandlerTable {
  /** What handlers threw where no task could get it. */
  readonly faults: HandlerError[] = [];
  readonly #byClass = new Map<unknown, EventHandler>();
  // A wait looks its handler up several times in a row.
  #lastType: unknown = undefined;
  #lastFound: EventHandler | undefined = undefined;
  readonly #installed: readonly EventHandler[];
  // The handlers that override a method.
  readonly #withPoll: readonly EventHandler[];
  readonly #withDeadlines: readonly EventHandler[];
  readonly #withInFlight: readonly EventHandler[];
  readonly #withBeforeSleep: readonly EventHandler[];
  readonly #withClose: readonly EventHandler[];

  /** @throws DuplicateHandlerError */
  constructor(builtIn: readonly EventHandler[], installed: readonly EventHandler[]) {
    const all = [...builtIn, ...installed];
    for (const handler of all) this.#register(handler);
    const having = (method: Optional) => all.filter(handler => handler[method] !== EventHandler.prototype[method]);
    this.#installed = installed;
    this.#withPoll = having('poll');
    this.#withDeadlines = having('nextDeadline');
    this.#withInFlight = having('inFlight');
    this.#withBeforeSleep = having('beforeSleep');
    this.#withClose = having('close').reverse();
  }

  /** The handler of the event's class, or of the nearest class that it extends. */
  find(event: LoopEvent): EventHandler | undefined {
    try {
      const type = event.constructor;
      if (type === this.#lastType) return this.#lastFound;
      const found = this.#byClass.get(type) ?? this.#findInherited(event);
      this.#lastType = type;
      this.#lastFound = found;
      return found;
    } catch {
      // It hides its class.
      return undefined;
    }
  }

  /** The names of the event classes with a handler. */
  get handledNames(): string[] {
    return this.#installed.map(({ handles }) => functionName(handles, '(anonymous)'));
  }

  /** The name of a handled class that is probably the event's, of a second copy of its package. */
  namesakeOf(event: LoopEvent): string | undefined {
    const names = classNames(event);
    const kind = safely(() => event.kind);
    const isNamesake = ({ handles }: EventHandler) => {
      const itsKind = safely(() => handles.prototype.kind as unknown);
      return typeof itsKind === 'string' ? itsKind === kind : names.has(functionName(handles, ''));
    };
    const handler = this.#installed.find(isNamesake);
    return handler && functionName(handler.handles, '(anonymous)');
  }

  arm(waiter: Waiter<unknown>): void {
    const { event } = waiter;
    const handler = this.find(event)!;
    try {
      handler.arm(event, waiter);
    } catch (error) {
      const fault = faultOf(handler, 'arm', error, event);
      if (waiter.isSettled) this.faults.push(fault);
      else {
        placeAtYield(fault);
        waiter.reject(fault);
      }
    }
  }

  mayInterrupt(waiter: Waiter<unknown>): boolean {
    const { event } = waiter;
    const handler = this.find(event)!;
    try {
      const isAllowed: unknown = handler.interrupt(event, waiter);
      if (typeof isAllowed !== 'boolean') this.faults.push(wrongReturn(handler, 'interrupt', isAllowed, 'a boolean'));
      return isAllowed !== false;
    } catch (error) {
      this.faults.push(faultOf(handler, 'interrupt', error, event));
      return true;
    }
  }

  disarm(waiter: Waiter<unknown>): void {
    const { event } = waiter;
    const handler = this.find(event)!;
    try {
      handler.disarm(event, waiter);
    } catch (error) {
      this.faults.push(faultOf(handler, 'disarm', error, event));
    }
  }

  startsWhenCancelled(event: LoopEvent): boolean {
    const handler = this.find(event);
    try {
      return handler?.startsWhenCancelled(event) ?? false;
    } catch (error) {
      this.faults.push(faultOf(handler!, 'startsWhenCancelled', error, event));
      return false;
    }
  }

  blockersOf(event: LoopEvent): Iterable<Task> {
    const handler = this.find(event);
    if (handler === undefined) return [];
    const blockers = call(handler, 'blockers', event);
    if (typeof blockers?.[Symbol.iterator] === 'function') return blockers;
    throw wrongReturn(handler, 'blockers', blockers, 'an iterable of tasks');
  }

  /** In the order in which they are installed, unless `chooser` has another one. */
  poll(now: Instant, chooser: Chooser): void {
    const handlers = this.#withPoll;
    const order = handlers.length > 1 ? orderChosenBy(chooser, handlers.length) : undefined;
    if (order === undefined) for (const handler of handlers) call(handler, 'poll', now);
    else for (const index of order) call(handlers[index]!, 'poll', now);
  }

  nextDeadline(): Instant {
    let earliest = Infinity;
    for (const handler of this.#withDeadlines) {
      const deadline = call(handler, 'nextDeadline');
      if (typeof deadline !== 'number' || Number.isNaN(deadline)) {
        throw wrongReturn(handler, 'nextDeadline', deadline, 'an instant');
      }
      if (deadline < earliest) earliest = deadline;
    }
    return earliest;
  }

  /** The name of a handler whose deadline has passed although it was polled. */
  nameOfOverdue(now: Instant): string {
    const overdue = this.#withDeadlines.find(handler => handler.nextDeadline() <= now);
    return overdue === undefined ? 'a handler' : nameOf(overdue);
  }

  /** The handlers with waits in flight. */
  inFlight(): EventHandler[] {
    return this.#withInFlight.filter(handler => {
      const count = call(handler, 'inFlight');
      if (count >= 0) return count > 0;
      throw wrongReturn(handler, 'inFlight', count, 'a number, 0 or more');
    });
  }

  /** The waits in flight of those that have some, by the name of the handler. */
  inFlightByName(): Record<string, number> {
    const counts = new Map<string, number>();
    for (const handler of this.inFlight()) {
      const name = nameOf(handler);
      counts.set(name, (counts.get(name) ?? 0) + handler.inFlight());
    }
    return Object.fromEntries(counts);
  }

  /** Whether `handler` can end the sleep of a strategy that blocks. */
  canWake(handler: EventHandler): boolean {
    return this.#withBeforeSleep.includes(handler);
  }

  beforeSleep(wakeup: Wakeup, strategy: SleepStrategy): void {
    for (const handler of this.#withBeforeSleep) call(handler, 'beforeSleep', wakeup, strategy);
  }

  /** Closes all handlers, in reverse order. @returns what they threw, after the faults that no turn has thrown */
  close(): HandlerError[] {
    for (const handler of this.#withClose) {
      try {
        call(handler, 'close');
      } catch (fault) {
        this.faults.push(fault as HandlerError);
      }
    }
    return this.faults.splice(0);
  }

  #register(handler: EventHandler): void {
    if (typeof handler.handles !== 'function') {
      throw new HandlerError(nameOf(handler), 'handles', `is ${describe(handler.handles)}, expected an event class`);
    }
    const taken = this.#byClass.get(handler.handles);
    if (taken !== undefined) {
      throw new DuplicateHandlerError(functionName(handler.handles, '(anonymous)'), nameOf(taken), nameOf(handler));
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

/** The names of the event's class and of those that it extends, up to `LoopEvent`. */
function classNames(event: LoopEvent): ReadonlySet<string> {
  const names = new Set<string>();
  let type: unknown = safely(() => event.constructor);
  while (typeof type === 'function' && type !== LoopEvent) {
    const extended: object = type;
    names.add(functionName(extended, 'LoopEvent'));
    type = safely(() => Object.getPrototypeOf(extended));
  }
  return names;
}

function call<M extends Optional>(handler: EventHandler, method: M, ...args: Parameters<EventHandler[M]>) {
  try {
    return (handler[method] as (...args: unknown[]) => ReturnType<EventHandler[M]>)(...args);
  } catch (error) {
    throw faultOf(handler, method, error, args[0]);
  }
}

function wrongReturn(handler: EventHandler, method: string, returned: unknown, expected: string): HandlerError {
  return new HandlerError(nameOf(handler), method, `returned ${describe(returned)}, expected ${expected}`);
}

function faultOf(handler: EventHandler, method: string, error: unknown, argument: unknown): HandlerError {
  const where = isEvent(argument) ? ` for ${describe(argument)}` : '';
  return new HandlerError(nameOf(handler), method, `threw${where}: ${describe(error)}`, error);
}

/** @internal */
export function nameOf(handler: EventHandler): string {
  return classNameOf(handler);
}
