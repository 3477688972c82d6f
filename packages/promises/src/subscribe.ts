import { type Coroutine, type CurrentTask, checkCallback, coroutine, ensure } from '@escapement/core';
import type { Resolved } from './resolved.js';
import type { Source } from './source.js';
import { type SubscribeOptions, Subscription } from './subscription.js';

/**
 * Subscribes to a source of the host that goes on: file changes, messages, the events of an emitter. `yield* subscribe(source)`
 * calls `source` once and evaluates to a `Subscription`, whose `next()` waits for an item. Items that come between two waits
 * are kept, up to `capacity`.
 *
 * The undo that `source` returns is called exactly once: at the end of the current task, however that ends, or before that
 * when the source ends or fails, when the buffer overflows, or at `close()`. An error of the undo is thrown where the end of
 * the source is seen: at `next()`, by `close()`, or as a failure of the task's clean-up. If the undo returns a promise, the end of
 * the task waits for it.
 *
 * Waiting for an item needs `promiseModule`, and a strategy that lets the host run.
 *
 * @throws what `source` throws; InvalidArgumentError for wrong options, and if `source` returns no undo
 * @example
 * const changes = yield* subscribe<string>((emit, fail) => {
 *   const watcher = watch(folder, (_, name) => emit(name ?? folder)).on('error', fail);
 *   return () => watcher.close();
 * }, { capacity: 100, overflow: 'drop-oldest' });
 * yield* changes.forEach(name => reload(name));
 */
export const subscribe = /* @__PURE__ */ coroutine(function* subscribe<T>(
  source: Source<T>,
  options: SubscribeOptions = {},
): Coroutine<Subscription<T>, CurrentTask | Resolved> {
  checkCallback('subscribe', source, 'a function that subscribes and returns its undo');
  const subscription = new Subscription<T>(options);
  yield* ensure(function closing() {
    return subscription.closed();
  });
  subscription.begin(source);
  return subscription;
});
