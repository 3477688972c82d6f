import {
  bodyOf,
  type Coroutine,
  checkProgram,
  coroutine,
  describe,
  InvalidArgumentError,
  type LoopEvent,
  type Program,
} from '@escapement/core';
import { EnterContext } from './enter-context.js';
import { NoAsyncContextError } from './errors.js';
import { captureContext } from './task-context.js';

/**
 * Runs `body` in another async context, which the tasks that it spawns inherit: for a function that sets up a context for a
 * callback, because a callback cannot contain a `yield*`. `enter` must call the function that it gets, at once, inside the
 * context that is wanted. The context before is back after `body`, however that ends. Others may run before `body` begins.
 *
 * @example
 * const span = tracer.startSpan('query');
 * const traced = trace.setSpan(context.active(), span);
 * yield* inContext(capture => context.with(traced, capture), query(sql));
 * @throws NoAsyncContextError if `enter` did not call its function, or the loop gives its tasks no context; NotACoroutineError
 */
export const inContext = /* @__PURE__ */ coroutine(function* inContext<T, E extends LoopEvent>(
  enter: (capture: () => void) => void,
  body: Program<T, E>,
): Coroutine<T, E | EnterContext> {
  checkProgram('inContext', body);
  const before = captureContext();
  let wanted: typeof before | undefined;
  enter(() => {
    wanted = captureContext();
  });
  if (wanted === undefined) throw NoAsyncContextError.notCaptured();
  yield* new EnterContext(wanted);
  try {
    return yield* bodyOf('inContext', body);
  } finally {
    yield* new EnterContext(before);
  }
});

/** The part of Node's `AsyncLocalStorage` that `withStore` uses. */
export interface Storage<in S> {
  /** Calls `callback` with `store` as its store. */
  run(store: S, callback: () => void): void;
}

/**
 * Runs `body` with `store` as the store of `storage`, also in the tasks that it spawns: `storage.run(store, callback)` for
 * coroutines. The store before is back afterwards.
 *
 * @example
 * const requests = new AsyncLocalStorage<{ id: string }>();
 * yield* withStore(requests, { id: randomUUID() }, handle(request));
 * @throws InvalidArgumentError if `storage` is none; NoAsyncContextError if the loop gives its tasks no context;
 * NotACoroutineError
 */
export const withStore = /* @__PURE__ */ coroutine(function* withStore<S, T, E extends LoopEvent>(
  storage: Storage<S>,
  store: S,
  body: Program<T, E>,
): Coroutine<T, E | EnterContext> {
  if (typeof (storage as Partial<typeof storage> | undefined)?.run !== 'function') {
    const fault = `withStore got ${describe(storage)}, expected an AsyncLocalStorage. Create it once: new AsyncLocalStorage().`;
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
  }
  checkProgram('withStore', body);
  return yield* inContext(capture => storage.run(store, capture), body);
});
