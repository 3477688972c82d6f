import {
  type Coroutine,
  type CurrentTask,
  checkArgument,
  coroutine,
  describe,
  InvalidArgumentError,
} from '@escapement/core';
import { safely } from './not-a-promise-error.js';
import type { Resolved } from './resolved.js';
import type { Overflow, Source } from './source.js';
import { subscribe } from './subscribe.js';
import type { SubscribeOptions, Subscription } from './subscription.js';

/** The methods of Node's `EventEmitter` that are used. */
export interface PlainEmitter {
  /** Adds a listener. */
  on(name: string | symbol, listener: (...args: unknown[]) => void): unknown;
  /** Takes back a listener. */
  off(name: string | symbol, listener: (...args: unknown[]) => void): unknown;
}

/** The methods of an `EventTarget` that are used. */
export interface PlainEventTarget {
  /** Adds a listener. */
  addEventListener(type: string, listener: (event: unknown) => void): void;
  /** Takes back a listener. */
  removeEventListener(type: string, listener: (event: unknown) => void): void;
}

/** The backlog of a subscription to events, and which other events end it. */
export interface EventsOptions extends SubscribeOptions {
  /** What to do with an event that finds the backlog full. An emitter cannot be paused. Default: `'error'`. */
  readonly overflow?: Exclude<Overflow, 'pause'>;
  /** The events with which the subscription ends: `['close']`. Default: none. */
  readonly end?: readonly string[];
  /**
   * The events with which it fails, behind those that it holds: with the error that an emitter passes, or the `error` of a DOM event, or
   * else the DOM event itself. Default: `['error']` for an emitter, which throws it at nobody otherwise; none for an `EventTarget`.
   */
  readonly fail?: readonly string[];
}

/**
 * Subscribes to an event of a Node emitter. Each item is the array of the listener's arguments. Like all items of a `Subscription`,
 * events that come between two waits are kept.
 *
 * The listeners are removed at the end of the current task, however that ends, or before that when an event of `end` or `fail`
 * comes, when the backlog overflows, or at `close()`.
 *
 * @throws InvalidArgumentError for what is no emitter, or wrong options
 * @example
 * const requests = yield* eventsOf<[IncomingMessage, ServerResponse]>(server, 'request', { end: ['close'] });
 * yield* requests.forEach(([request, response]) => answer(request, response));
 */
export function eventsOf<A extends readonly unknown[] = unknown[]>(
  emitter: PlainEmitter,
  name: string | symbol,
  options?: EventsOptions,
): Coroutine<Subscription<A>, CurrentTask | Resolved>;
/**
 * Subscribes to an event of an `EventTarget`. Each item is the event.
 *
 * @example const messages = yield* eventsOf<MessageEvent>(socket, 'message', { end: ['close'], fail: ['error'] });
 */
export function eventsOf<E = unknown>(
  target: PlainEventTarget,
  name: string,
  options?: EventsOptions,
): Coroutine<Subscription<E>, CurrentTask | Resolved>;
export function eventsOf(
  emitter: PlainEmitter | PlainEventTarget,
  name: string | symbol,
  options: EventsOptions = {},
): Coroutine<Subscription<unknown>, CurrentTask | Resolved> {
  return subscribed(emitter, name, options);
}

const subscribed = /* @__PURE__ */ coroutine(function* eventsOf(
  emitter: PlainEmitter | PlainEventTarget,
  name: string | symbol,
  options: EventsOptions,
): Coroutine<Subscription<unknown>, CurrentTask | Resolved> {
  checkArgument('eventsOf', options, 'object', "options like { end: ['close'] }");
  const isEmitter = has(emitter, 'on', 'off');
  if (!isEmitter && !has(emitter, 'addEventListener', 'removeEventListener')) {
    const fault = `eventsOf got ${describe(emitter)}, expected an EventEmitter or an EventTarget.`;
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
  }
  if (!(isEmitter && typeof name === 'symbol')) checkArgument('eventsOf', name, 'string', 'the name of an event');
  const { end = [], fail = isEmitter ? ['error'] : [], ...backlog } = options;
  for (const names of [end, fail]) checkNames(names);
  const listen = isEmitter ? onEmitter(emitter as PlainEmitter) : onTarget(emitter as PlainEventTarget);
  return yield* subscribe(eventSource(listen, name, end, fail, isEmitter), backlog);
});

/** Adds a listener, and returns what removes it. */
type Listen = (name: string | symbol, listener: (...args: unknown[]) => void) => () => void;

function onEmitter(emitter: PlainEmitter): Listen {
  return (name, listener) => {
    emitter.on(name, listener);
    return () => emitter.off(name, listener);
  };
}

function onTarget(target: PlainEventTarget): Listen {
  return (name, listener) => {
    target.addEventListener(name as string, listener);
    return () => target.removeEventListener(name as string, listener);
  };
}

function eventSource(
  listen: Listen,
  name: string | symbol,
  ends: readonly string[],
  fails: readonly string[],
  isEmitter: boolean,
): Source<unknown> {
  return (emit, fail, end) => {
    const errorOf = ([given]: unknown[]) => (isEmitter ? given : ((given as { error?: unknown }).error ?? given));
    const undos: (() => void)[] = [];
    const stop = () => {
      for (const undo of undos.splice(0)) undo();
    };
    try {
      undos.push(listen(name, (...args) => emit(isEmitter ? args : args[0])));
      for (const each of fails) if (each !== name) undos.push(listen(each, (...args) => fail(errorOf(args))));
      for (const each of ends) undos.push(listen(each, () => end()));
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  };
}

/** @throws InvalidArgumentError */
function checkNames(given: readonly string[]): void {
  if (safely(() => Array.isArray(given) && given.every(name => typeof name === 'string'))) return;
  const fault = `eventsOf got ${describe(given)} as \`end\` or \`fail\`, expected a list of names, like ['close'].`;
  throw new InvalidArgumentError('ESC_INVALID_OPTION', fault);
}

function has(object: unknown, ...methods: readonly string[]): boolean {
  return safely(() => methods.every(method => typeof (object as Record<string, unknown>)[method] === 'function'));
}
