import {
  type Coroutine,
  type CurrentTask,
  coroutine,
  currentTask,
  type Scope,
  type Spawn,
  scope,
  spawnIn,
  type Task,
  valueOrThrow,
} from '@escapement/core';
import type { AnyBody, Bodies, EventsIn, ValuesOf } from './bodies.js';
import { checkBodies } from './check-bodies.js';

/**
 * Runs programs concurrently and evaluates to their values, in the same form. If one fails, cancels the others, waits for
 * their end and throws the error.
 *
 * @throws InvalidArgumentError for what is neither an array nor a plain object; NotACoroutineError
 * @example
 * const [user, posts] = yield* all([fetchUser(id), fetchPosts(id)]);
 * const { user, posts } = yield* all({ user: fetchUser(id), posts: fetchPosts(id) });
 */
export const all = /* @__PURE__ */ coroutine(function* all<const B extends Bodies>(
  bodies: B,
): Coroutine<ValuesOf<B>, EventsIn<B> | Scope | Spawn> {
  const programs = checkBodies('all', bodies, 'list or record');
  const inForm = formOf(bodies);
  const tasks: Task[] = [];
  yield* scope(spawnAll(programs, tasks), { caller: 'all' }) as Coroutine<void, Scope>;
  // A task that cancelled itself has no value, and has not failed the scope.
  return inForm(tasks.map(valueOrThrow)) as ValuesOf<B>;
});

/** @internal Puts values into the form of `bodies`. */
export function formOf(bodies: Bodies): (values: readonly unknown[]) => unknown {
  if (Array.isArray(bodies)) return values => values;
  const keys = Object.keys(bodies);
  return values => Object.fromEntries(keys.map((key, place) => [key, values[place]]));
}

// Not nested in `all`: creating a generator function, whose generators get a new shape in V8, takes longer than the rest.
function* spawnAll(programs: readonly AnyBody[], tasks: Task[]): Coroutine<void, CurrentTask> {
  const self = yield* currentTask();
  for (const program of programs) tasks.push(spawnIn(self, program, 'all'));
}
