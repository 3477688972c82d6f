import type { Coroutine, Program, Sent } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Scope, scope } from '../primitives/scope.js';
import { Spawn } from '../primitives/spawn.js';
import { TaskCancelledError } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { checkListOrRecord } from './check-bodies.js';

/** Some programs, in a list or by name. */
export type Bodies = readonly AnyBody[] | Readonly<Record<string, AnyBody>>;

// biome-ignore lint/suspicious/noExplicitAny: a bound for inference; `never` and `unknown` are both too narrow somewhere
export type AnyBody = Program<any, any>;

/** The values of bodies of type `B`, in the same form. */
export type ValuesOf<B> = { -readonly [K in keyof B]: ValueOf<B[K]> };

export type ValueOf<P> = Made<P> extends { [Symbol.iterator](): Iterator<unknown, infer T, Sent> } ? T : never;

/** What a program is, or makes. */
type Made<P> = P extends () => infer Y ? Y : P;

/** The events that bodies of type `B` can yield. */
export type EventsIn<B> = EventsInOne<Made<B extends readonly (infer P)[] ? P : B[keyof B]>>;

type EventsInOne<Y> = Y extends { [Symbol.iterator](): Iterator<infer E, unknown, Sent> }
  ? Extract<E, LoopEvent>
  : never;

/**
 * Runs all at once and evaluates to their values, in the form in which they were given. If one fails, the others are
 * cancelled and finished, and its error is thrown.
 *
 * @throws InvalidArgumentError for what is neither an array nor a plain object; NotACoroutineError
 * @example
 * const [user, posts] = yield* all([fetchUser(id), fetchPosts(id)]);
 * const { user, posts } = yield* all({ user: fetchUser(id), posts: fetchPosts(id) });
 */
export const all = /* @__PURE__ */ coroutine(function* all<const B extends Bodies>(
  bodies: B,
): Coroutine<ValuesOf<B>, EventsIn<B> | Scope | Spawn> {
  checkListOrRecord('all', bodies);
  const tasks: Task[] = [];
  yield* scope(spawnAll(Object.values<AnyBody>(bodies), tasks));
  const values = tasks.map(valueOrThrow);
  if (Array.isArray(bodies)) return values as ValuesOf<B>;
  return Object.fromEntries(Object.keys(bodies).map((key, place) => [key, values[place]])) as ValuesOf<B>;
});

// Not inside of `all`: V8 gives the generators of each function a shape of their own, and a function made anew in each call
// takes longer than all the rest.
function* spawnAll(bodies: readonly AnyBody[], tasks: Task[]): Coroutine<void, Spawn> {
  for (const body of bodies) tasks.push(yield* new Spawn(body, undefined, 'all'));
}

/** @internal The value of a task that has ended, in a scope that has not failed. */
export function valueOrThrow({ name, result }: Task): unknown {
  if (result.state === 'succeeded') return result.value;
  // It cancelled itself: had it failed, so would the scope have.
  throw new TaskCancelledError(name, result.state === 'cancelled' ? result.reason : undefined);
}
