import { type Coroutine, type CurrentTask, checkArgument, coroutine } from '@escapement/core';
import { type Items, pulledSource } from './pulled-source.js';
import type { Resolved } from './resolved.js';
import { subscribe } from './subscribe.js';
import type { Subscription } from './subscription.js';

/** How far ahead an iterable is read. */
export interface ItemsOptions {
  /** How many items are read that no task has asked for. Default: 0, the iterable is asked only while a task waits. */
  readonly capacity?: number;
  /** For errors and deadlock reports. */
  readonly name?: string;
}

/**
 * The items of an async iterable, of a Node stream or of a `ReadableStream`, as a `Subscription`: `next()` waits for an item, and
 * the iterable is asked for one only then. So a slow task slows the iterable down.
 *
 * At the end of the current task, however that ends, the iterator's `return()` is called and waited for, unless the iterator is
 * over. An async generator first finishes its current `next()`, so one that waits for ever there holds the task up: give it an
 * `AbortSignal` of its own. A wait for an item that is cancelled has taken nothing: the next one gets the item.
 *
 * Waiting for an item needs `promiseModule`, and a strategy that lets the host run.
 *
 * @param items async or not; items that are promises are waited for, as `for await` does
 * @throws InvalidArgumentError for `items` that are not iterable, or wrong options
 * @example
 * const lines = yield* itemsOf(createInterface(createReadStream(path)));
 * yield* lines.forEach(line => handle(line));
 */
export const itemsOf = /* @__PURE__ */ coroutine(function* itemsOf<T>(
  items: Items<T>,
  options: ItemsOptions = {},
): Coroutine<Subscription<T>, CurrentTask | Resolved> {
  checkArgument('itemsOf', options, 'object', 'options like { capacity: 10 }');
  return yield* subscribe(pulledSource('itemsOf', items), { capacity: 0, ...options, overflow: 'pause' });
});
