import { type Clock, describe, EventHandler, type Instant, type LoopEvent, type Waiter } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { realNow } from '../laws/host.js';

/** What was seen of one wait. Keeps neither the event nor the waiter. */
export interface Wait {
  /** Counts from 0, in the order of `arm`. */
  readonly serial: number;
  /** Of a timed wait. */
  readonly due: Instant;
  /** How often the handler has settled it, while it was not disarmed. */
  settlements: number;
  /** Whether the last settling was `resolve`. */
  isResolved: boolean;
  settledAt: Instant;
  isDisarmed: boolean;
  /** How often the handler has resolved it after it was disarmed. */
  lateResolves: number;
}

/** What a handler is asked and does during the runs of a stage. */
export class Observations {
  readonly waits: Wait[] = [];
  /** In the order in which they were settled. */
  readonly settled: Wait[] = [];
  /** How long each `poll` took, in milliseconds of real time. */
  readonly pollTimes: number[] = [];
  /** Called with each waiter that is armed. */
  onArm: (waiter: object) => void = () => {};
  onSettle: (wait: Wait) => void = () => {};
  /** Called after the last `poll` before a sleep, and before the handler gets the wakeup. */
  onBeforeSleep: () => void = () => {};
  readonly #byWaiter = new WeakMap<object, Wait>();

  constructor(
    private readonly clock: Clock,
    private readonly dueOf: (event: LoopEvent) => Instant,
  ) {}

  get pending(): Wait[] {
    return this.waits.filter(wait => wait.settlements === 0 && !wait.isDisarmed);
  }

  armed(event: LoopEvent, waiter: Waiter<unknown>): void {
    const wait: Wait = {
      serial: this.waits.length,
      due: this.dueOf(event),
      settlements: 0,
      isResolved: false,
      settledAt: Number.NaN,
      isDisarmed: false,
      lateResolves: 0,
    };
    this.waits.push(wait);
    this.#byWaiter.set(waiter, wait);
    this.#observe(waiter, wait);
    this.onArm(waiter);
  }

  disarmed(waiter: Waiter<unknown>): void {
    this.#byWaiter.get(waiter)!.isDisarmed = true;
  }

  #observe(waiter: Waiter<unknown>, wait: Wait): void {
    const { resolve, reject } = waiter;
    waiter.resolve = value => {
      this.#note(wait, true);
      resolve.call(waiter, value as never);
    };
    waiter.reject = error => {
      this.#note(wait, false);
      reject.call(waiter, error);
    };
  }

  #note(wait: Wait, isResolved: boolean): void {
    if (wait.isDisarmed) {
      if (isResolved) wait.lateResolves++;
      return;
    }
    wait.settlements++;
    wait.isResolved = isResolved;
    wait.settledAt = this.clock.now();
    this.settled.push(wait);
    this.onSettle(wait);
  }
}

/** Whether a handler overrides an optional method: the loop calls no other. */
export function overrides(handler: EventHandler, method: keyof EventHandler): boolean {
  return handler[method] !== EventHandler.prototype[method];
}

/** @throws LawBrokenError if a loop cannot work with what it declares, however it works */
export function checkDeclarations(handler: EventHandler): void {
  const canWake = handler.needsHost || overrides(handler, 'beforeSleep');
  const isMute = overrides(handler, 'inFlight') && !canWake;
  demand(!isMute, 'it overrides inFlight(), but neither sets needsHost nor overrides beforeSleep()');
}

const METHODS: ReadonlySet<string> = new Set([
  'arm',
  'disarm',
  'interrupt',
  'startsWhenCancelled',
  'poll',
  'nextDeadline',
  'inFlight',
  'blockers',
  'beforeSleep',
  'close',
]);

/** Stands in front of a handler in a loop, and writes down what happens. A proxy, so that it overrides what the handler does. */
export function observed(handler: EventHandler, observations: Observations): EventHandler {
  const instead: Partial<EventHandler> = {
    arm(event, waiter) {
      observations.armed(event, waiter as Waiter<unknown>);
      handler.arm(event, waiter);
    },
    disarm(event, waiter) {
      observations.disarmed(waiter as Waiter<unknown>);
      handler.disarm(event, waiter);
    },
    poll(now) {
      const start = realNow();
      handler.poll(now);
      observations.pollTimes.push(realNow() - start);
    },
    beforeSleep(wakeup, strategy) {
      observations.onBeforeSleep();
      handler.beforeSleep(wakeup, strategy);
    },
  };
  return new Proxy(handler, {
    get(_, name: keyof EventHandler) {
      const value: unknown = handler[name];
      // What is not overridden must stay itself: the loop compares.
      if (!METHODS.has(name) || value === EventHandler.prototype[name]) return value;
      return instead[name] ?? (value as () => unknown).bind(handler);
    },
  });
}

/** The name of the handler's class, for titles. */
export function handlerName(handler: EventHandler): string {
  const { name } = handler.constructor as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : describe(handler);
}
