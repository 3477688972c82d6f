import {
  bodyOf,
  type Coroutine,
  type CurrentTask,
  coroutine,
  currentTask,
  failedInCleanup,
  failureOf,
  isGeneratorFunction,
  type LoopEvent,
  programName,
  type Scope,
  type Spawn,
  spawnIn,
  supervise,
  type Task,
} from '@escapement/core';
import { formOf } from './all.js';
import type { AnyBody, Bodies, EventsIn, ValueOf } from './bodies.js';
import { checkBodies } from './check-bodies.js';

/** How a program of `allSettled` ended. In a test of `state` TypeScript tells the two apart. A task that was cancelled has failed, with `Cancelled`. */
export type Settled<T> =
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

/** The outcomes of `B`, in the same form. */
export type SettledOf<B> = { -readonly [K in keyof B]: Settled<ValueOf<B[K]>> };

/**
 * Runs programs concurrently and evaluates to the outcome of each, in the same form. A failure does not cancel the others.
 * If the caller is cancelled, all are; an error that one of them throws in its clean-up is then thrown here.
 *
 * @throws InvalidArgumentError for what is neither an array nor a plain object; NotACoroutineError
 * @example for (const result of yield* allSettled(downloads)) if (result.state === 'failed') report(result.error);
 */
export const allSettled = /* @__PURE__ */ coroutine(function* allSettled<const B extends Bodies>(
  bodies: B,
): Coroutine<SettledOf<B>, EventsIn<B> | Scope | Spawn> {
  const programs = checkBodies('allSettled', bodies, 'list or record');
  const inForm = formOf(bodies);
  const tasks: Task[] = [];
  yield* supervise(spawnEach('allSettled', programs, tasks), {
    caller: 'allSettled',
    ended: throwCleanupError,
  }) as Coroutine<void, Scope>;
  return inForm(tasks.map(settled)) as SettledOf<B>;
});

function settled(task: Task): Settled<unknown> {
  const { result } = task;
  return result.state === 'succeeded' ? result : { state: 'failed', error: failureOf(task) };
}

/** It is no outcome, and must not be lost. */
function throwCleanupError(task: Task): void {
  if (task.parent!.isCancelled && failedInCleanup(task)) throw failureOf(task);
}

/** @internal Spawns `programs`. What a function throws when it is called fails the task that it was called for. */
export function* spawnEach(caller: string, programs: readonly AnyBody[], tasks: Task[]): Coroutine<void, CurrentTask> {
  const self = yield* currentTask();
  for (const program of programs) {
    const body = typeof program === 'function' && !isGeneratorFunction(program) ? calling(caller, program) : program;
    tasks.push(spawnIn(self, body, caller, body === program ? undefined : { name: programName(program) }));
  }
}

function* calling(caller: string, program: AnyBody): Coroutine<unknown, LoopEvent> {
  return yield* bodyOf(caller, program);
}
