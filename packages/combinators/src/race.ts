import {
  type Coroutine,
  coroutine,
  describe,
  failedInCleanup,
  failureOf,
  type LoopEvent,
  type Scope,
  type Spawn,
  supervise,
  type Task,
  valueOrThrow,
  warnOf,
  type Yieldable,
} from '@escapement/core';
import { spawnEach } from './all-settled.js';
import type { AnyBody, EventsIn, ValueOf } from './bodies.js';
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
  const contest = new Contest('race', bodies, reportLoser);
  yield* contest.run() as Yieldable<void, Scope>;
  return valueOrThrow(contest.winner!) as ValueOf<B[number]>;
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
  const contest = new Contest('any', bodies, task => errors.push(failureOf(task)));
  yield* contest.run() as Yieldable<void, Scope>;
  if (contest.winner === undefined) throw new AggregateError(errors, `any: all ${errors.length} failed`);
  return valueOrThrow(contest.winner) as ValueOf<B[number]>;
});

function reportLoser(task: Task, isWon: boolean): void {
  if (!isWon) throw failureOf(task);
  const message = `task "${task.name}" lost a race, and failed before the cancellation had interrupted it: ${describe(failureOf(task))}. A race goes by the first that ends.`;
  warnOf(task, 'ESC_LOSER_FAILED', message);
}

/** Looks for the first that succeeds, and cancels the others. */
class Contest {
  winner: Task | undefined;
  readonly #contestants: Task[] = [];

  /** @param failed is told of each failure that is no error of a clean-up, and whether there is a winner. What it throws ends all. */
  constructor(
    readonly caller: string,
    readonly bodies: readonly AnyBody[],
    readonly failed: (task: Task, isWon: boolean) => void,
  ) {}

  /** Is over when all have ended. */
  run(): Yieldable<void, LoopEvent> {
    const programs = checkContestants(this.caller, this.bodies);
    return supervise(spawnEach(this.caller, programs, this.#contestants), {
      caller: this.caller,
      ended: task => this.#ended(task),
    });
  }

  #ended(task: Task): void {
    const { state } = task;
    const isOver = this.winner !== undefined || task.parent!.isCancelled;
    if (isOver && failedInCleanup(task)) throw failureOf(task);
    if (state === 'succeeded') this.#succeeded(task);
    else if (state === 'failed' || !isOver) this.failed(task, this.winner !== undefined);
  }

  #succeeded(task: Task): void {
    if (this.winner !== undefined) return;
    this.winner = task;
    const reason = `${this.caller}: another was first`;
    for (const other of this.#contestants) other.cancel(reason);
  }
}
