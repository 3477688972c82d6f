import { describe } from '../errors/describe.js';
import type { Coroutine, Sent, Yieldable } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Scope, scope } from '../primitives/scope.js';
import { type Spawn, spawn } from '../primitives/spawn.js';
import { TaskCancelledError } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';

/** Some coroutines or events, in a list or by name. */
export type Bodies = readonly AnyBody[] | Readonly<Record<string, AnyBody>>;

// biome-ignore lint/suspicious/noExplicitAny: a bound for inference; `never` and `unknown` are both too narrow somewhere
export type AnyBody = Yieldable<any, any>;

/** The values of bodies of type `B`, in the same form. */
export type ValuesOf<B> = { -readonly [K in keyof B]: ValueOf<B[K]> };

export type ValueOf<Y> = Y extends { [Symbol.iterator](): Iterator<unknown, infer T, Sent> } ? T : never;

/** The events that bodies of type `B` can yield. */
export type EventsIn<B> = B extends readonly (infer Y)[] ? EventsInOne<Y> : EventsInOne<B[keyof B]>;

type EventsInOne<Y> = Y extends { [Symbol.iterator](): Iterator<infer E, unknown, Sent> }
  ? Extract<E, LoopEvent>
  : never;

/**
 * Runs all at once and evaluates to their values, in the form in which they were given. If one fails, the others are
 * cancelled and finished, and its error is thrown.
 *
 * @example
 * const [user, posts] = yield* all([fetchUser(id), fetchPosts(id)]);
 * const { user, posts } = yield* all({ user: fetchUser(id), posts: fetchPosts(id) });
 */
export const all = /* @__PURE__ */ coroutine(function* all<const B extends Bodies>(
  bodies: B,
): Coroutine<ValuesOf<B>, EventsIn<B> | Scope | Spawn> {
  if (!Array.isArray(bodies) && Symbol.iterator in bodies) {
    throw new TypeError(
      `all got ${describe(bodies)}, expected an array or a plain object. Spread it: all([...bodies]).`,
    );
  }
  const tasks: Task[] = [];
  yield* scope(spawnAll(Object.values<AnyBody>(bodies), tasks));
  const values = tasks.map(valueOrThrow);
  if (Array.isArray(bodies)) return values as ValuesOf<B>;
  return Object.fromEntries(Object.keys(bodies).map((key, place) => [key, values[place]])) as ValuesOf<B>;
});

// Not inside of `all`: V8 gives the generators of each function a shape of their own, and a function made anew in each call
// takes longer than all the rest.
function* spawnAll(bodies: readonly AnyBody[], tasks: Task[]): Coroutine<void, Spawn> {
  for (const body of bodies) tasks.push(yield* spawn(body));
}

/** @internal The value of a task that has ended, in a scope that has not failed. */
export function valueOrThrow({ name, result }: Task): unknown {
  if (result.state === 'succeeded') return result.value;
  // It cancelled itself: had it failed, so would the scope have.
  throw new TaskCancelledError(name, result.state === 'cancelled' ? result.reason : undefined);
}
