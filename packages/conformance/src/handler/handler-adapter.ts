import {
  type Clock,
  describe,
  EventHandler,
  type EventsServedBy,
  type Instant,
  type LoopEvent,
  type ResultOf,
} from '@escapement/core';
import { InvalidAdapterError } from '../laws/errors.js';
import { callAdapter, checkMembers, type Law, type Subject } from '../laws/suite.js';

/**
 * Tells `handlerLaws` how to make your handler, and events for it. Give `pending`, `timed`, or both.
 *
 * @example
 * const flag: HandlerAdapter<FlagHandler> = {
 *   handler: () => new FlagHandler(),
 *   pending() {
 *     const flag = new Flag();
 *     return { event: flag.raised(), happen: () => flag.raise() };
 *   },
 * };
 * @example
 * const sleep: HandlerAdapter<SleepHandler> = { handler: clock => new SleepHandler(clock), timed: until => new Sleep(until) };
 */
export interface HandlerAdapter<H extends EventHandler = EventHandler> {
  /** Makes a handler. `clock` is that of the loop; a handler with timed events must use it. */
  handler(clock: Clock): H;
  /** Makes an event that has not happened, with what lets it happen. Called in a task of a loop. */
  pending?(handler: H): Pending<EventsServedBy<H>>;
  /** Makes an event that happens by the clock, at the instant `until`, which may have passed, be far away or `Infinity`. */
  timed?(until: Instant, clock: Clock): EventsServedBy<H>;
  /** Makes an event that the handler must refuse: the wait throws. */
  refused?(handler: H): EventsServedBy<H>;
  /**
   * Waits for one event are settled in the order in which they began; timed waits in the order of their deadlines, equal
   * ones in the order in which they began. Default: nothing is promised.
   */
  readonly ordered?: boolean;
  /**
   * Counts what the handler holds outside of the loop: open descriptors, listeners, threads. A law checks that it is the same
   * after a run as before.
   */
  held?(): number;
}

/** An event that has not happened yet. */
export interface Pending<E extends LoopEvent> {
  /** The same each time, for one case. */
  readonly event: E;
  /**
   * Lets the event happen, for one more wait at least: may be called several times, when a wait has begun. What ends the wait
   * may come later, by the host or by another thread.
   */
  happen(): void;
  /** What the wait evaluates to, compared by its contents; or a function that says whether it is right. Left out: not checked. */
  readonly value?: ResultOf<E> | ((result: ResultOf<E>) => boolean);
  /** Called at the end: frees what `pending` made, such as a pipe. */
  dispose?(): void;
}

/** @internal */
export interface HandlerSubject extends Subject {
  readonly adapter: HandlerAdapter;
  /** One that is never armed: shows what the handler overrides and declares. */
  readonly handler: EventHandler;
  /** Whether its time is the clock of the loop, which the kit moves. */
  readonly isVirtual: boolean;
}

/** @internal */
export type HandlerLaw = Law<HandlerSubject>;

export const CALLER = 'handlerLaws';

/** @throws InvalidAdapterError */
export function checkHandlerAdapter(adapter: HandlerAdapter): void {
  checkMembers(CALLER, adapter, ['handler'], ['pending', 'timed', 'refused', 'held']);
  if (adapter.pending !== undefined || adapter.timed !== undefined) return;
  const problem =
    'the adapter has neither pending nor timed. Give pending, which makes an event that has not happened.';
  throw new InvalidAdapterError(CALLER, problem);
}

/** @throws InvalidAdapterError */
export function makeHandler(adapter: HandlerAdapter, clock: Clock): EventHandler {
  const handler: unknown = callAdapter(CALLER, 'handler()', () => adapter.handler(clock));
  if (handler instanceof EventHandler) return handler;
  const advice = 'It must extend EventHandler of the same copy of @escapement/core as this kit.';
  throw new InvalidAdapterError(
    CALLER,
    `handler() of the adapter returned ${describe(handler)}, expected a handler. ${advice}`,
  );
}

/** @throws InvalidAdapterError */
export function makePending(adapter: HandlerAdapter, handler: EventHandler): Pending<LoopEvent> {
  const pending = callAdapter(CALLER, 'pending()', () => adapter.pending!(handler));
  checkEvent('pending()', Object(pending).event, handler);
  if (typeof pending.happen === 'function') return pending;
  const problem = `pending() of the adapter returned no happen(), expected { event, happen }: happen lets the event happen.`;
  throw new InvalidAdapterError(CALLER, problem);
}

/** @throws InvalidAdapterError */
export function makeEvent(what: 'timed()' | 'refused()', handler: EventHandler, make: () => LoopEvent): LoopEvent {
  const event = callAdapter(CALLER, what, make);
  checkEvent(what, event, handler);
  return event;
}

function checkEvent(what: string, event: unknown, handler: EventHandler): void {
  if (typeof handler.handles === 'function' && event instanceof handler.handles) return;
  const problem = `${what} of the adapter made ${describe(event)}, expected an event that the handler handles.`;
  throw new InvalidAdapterError(CALLER, problem);
}
