import type { Coroutine, Program, Sent } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type CurrentTask, currentTask } from '../primitives/current-task.js';
import { type Scope, scope } from '../primitives/scope.js';
import { type Spawn, spawnIn } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { valueOrThrow } from '../tasks/task-outcome.js';
import { checkBodies } from './check-bodies.js';

/** A list or a record of programs. */
export type Bodies = readonly AnyBody[] | Readonly<Record<string, AnyBody>>;

/** A program of any value and any events, for the constraint of a type parameter: `B extends AnyBody[]`. */
// biome-ignore lint/suspicious/noExplicitAny: a bound for inference; `never` and `unknown` are both too narrow somewhere
export type AnyBody = Program<any, any>;

/** The values of `B`, in the same form. */
export type ValuesOf<B> = { -readonly [K in keyof B]: ValueOf<B[K]> };

/** What the program `P` evaluates to: a number for a `Coroutine<number>`, or for a function that makes one. */
export type ValueOf<P> = Made<P> extends { [Symbol.iterator](): Iterator<unknown, infer T, Sent> } ? T : never;

/** The program, or what the function makes. */
type Made<P> = P extends () => infer Y ? Y : P;

/** The events that the programs of `B` can yield. */
export type EventsIn<B> = EventsInOne<Made<B extends readonly (infer P)[] ? P : B[keyof B]>>;

type EventsInOne<Y> = Y extends { [Symbol.iterator](): Iterator<infer E, unknown, Sent> }
  ? Extract<E, LoopEvent>
  : never;

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
  yield* scope(spawnAll(programs, tasks)) as Coroutine<void, Scope>;
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
