import { describe } from '../errors/describe.js';
import type { Coroutine } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import { type Scope, supervise } from '../primitives/scope.js';
import type { Spawn } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { failedInCleanup } from '../tasks/task-family.js';
import { failureOf, valueOrThrow } from '../tasks/task-outcome.js';
import type { AnyBody, EventsIn, ValueOf } from './all.js';
import { spawnEach } from './all-settled.js';
import { checkContestants } from './check-bodies.js';

type RaceEvent<B> = EventsIn<B> | Scope | Spawn;

/**
 * Runs programs concurrently until the first ends; evaluates to its value, or throws its error. Before that it cancels the
 * others and waits for their end. If one of them fails in its clean-up, that error is thrown instead. If one fails before the
 * cancellation has interrupted it, it came second: its error is reported as a warning, `ESC_LOSER_FAILED`.
 *
 * If a loser's wait is over in the same turn, its value is lost: do not race programs that take items from a queue.
 *
 * @throws InvalidArgumentError if `bodies` is no array, or empty; NotACoroutineError
 * @example const winner = yield* race([fetchFrom(mirrorA), fetchFrom(mirrorB)]);
 */
export const race = /* @__PURE__ */ coroutine(function* race<const B extends readonly AnyBody[]>(
  bodies: B,
): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const winner = yield* winnerOf('race', bodies, (task, isWon) => {
    if (!isWon) throw failureOf(task);
    const message = `task "${task.name}" lost a race, and failed before the cancellation had interrupted it: ${describe(failureOf(task))}. A race goes by the first that ends.`;
    task.host.warn('ESC_LOSER_FAILED', message, task);
  });
  return valueOrThrow(winner!) as ValueOf<B[number]>;
});

/**
 * Runs programs concurrently until the first succeeds; evaluates to its value, after it has cancelled the others and they
 * have ended. If one of them fails in its clean-up, that error is thrown instead. If all fail, throws an `AggregateError` of
 * their errors.
 *
 * @throws InvalidArgumentError if `bodies` is no array, or empty; NotACoroutineError
 * @example const connection = yield* any(addresses.map(address => connect(address)));
 */
export const any = /* @__PURE__ */ coroutine(function* any<const B extends readonly AnyBody[]>(
  bodies: B,
): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const errors: unknown[] = [];
  const winner = yield* winnerOf('any', bodies, task => errors.push(failureOf(task)));
  if (winner === undefined) throw new AggregateError(errors, `any: all ${errors.length} failed`);
  return valueOrThrow(winner) as ValueOf<B[number]>;
});

/**
 * The first that succeeds, after the others were cancelled and have ended.
 *
 * @param failed is told of each failure that is no error of a clean-up, and whether there is a winner. What it throws ends all.
 */
function* winnerOf<const B extends readonly AnyBody[]>(
  caller: string,
  bodies: B,
  failed: (task: Task, isWon: boolean) => void,
): Coroutine<Task | undefined, RaceEvent<B>> {
  const contestants: Task[] = [];
  let winner: Task | undefined;
  function ended(task: Task): void {
    const { state } = task.result;
    const isOver = winner !== undefined || task.parent!.isCancelled;
    if (isOver && failedInCleanup(task)) throw failureOf(task);
    if (state !== 'succeeded') {
      if (state === 'failed' || !isOver) failed(task, winner !== undefined);
    } else if (winner === undefined) {
      winner = task;
      for (const other of contestants) other.cancel(`${caller}: another was first`);
    }
  }
  yield* supervise(spawnEach(caller, checkContestants(caller, bodies), contestants), { ended }) as Coroutine<
    void,
    Scope
  >;
  return winner;
}
