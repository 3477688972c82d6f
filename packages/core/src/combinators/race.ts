import { programName } from '../events/body-of.js';
import type { Coroutine } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type CurrentTask, currentTask } from '../primitives/current-task.js';
import { type Scope, scope } from '../primitives/scope.js';
import { Spawn } from '../primitives/spawn.js';
import { Cancelled } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { failureOf } from '../tasks/task-outcome.js';
import type { AnyBody, EventsIn, ValueOf } from './all.js';
import { type Settled, settle } from './all-settled.js';
import { checkContestants } from './check-bodies.js';

/**
 * Runs programs concurrently until the first ends; evaluates to its value, or throws its error. Before that it cancels the
 * others and waits for their end. If one of them fails in its clean-up, that error is thrown instead.
 *
 * If a loser's wait is over in the same turn, its value is lost: do not race programs that take items from a queue.
 *
 * @throws InvalidArgumentError if `bodies` is no array, or empty; NotACoroutineError
 * @example const winner = yield* race([fetchFrom(mirrorA), fetchFrom(mirrorB)]);
 */
export const race = /* @__PURE__ */ coroutine(function* race<const B extends readonly AnyBody[]>(
  bodies: B,
): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const outcome = yield* firstOf('race', bodies, () => true) as Coroutine<Settled<unknown>, RaceEvent<B>>;
  return decided(outcome) as ValueOf<B[number]>;
});

/**
 * Runs programs concurrently until the first succeeds; evaluates to its value, after it has cancelled the others and they
 * have ended. If all fail, throws an `AggregateError` of their errors.
 *
 * @throws InvalidArgumentError if `bodies` is no array, or empty; NotACoroutineError
 * @example const connection = yield* any(addresses.map(address => connect(address)));
 */
export const any = /* @__PURE__ */ coroutine(function* any<const B extends readonly AnyBody[]>(
  bodies: B,
): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const errors: unknown[] = [];
  const outcome = yield* firstOf('any', bodies, settled => {
    if (settled.state === 'failed') errors.push(settled.error);
    return settled.state === 'succeeded';
  }) as Coroutine<Settled<unknown> | undefined, RaceEvent<B>>;
  if (outcome === undefined) throw new AggregateError(errors, `any: all ${errors.length} failed`);
  return decided(outcome) as ValueOf<B[number]>;
});

type RaceEvent<B> = EventsIn<B> | Scope | Spawn | CurrentTask;

/** The first outcome that `decides`, after the others were cancelled and have ended. */
function* firstOf(
  caller: string,
  bodies: readonly AnyBody[],
  decides: (outcome: Settled<unknown>) => boolean,
): Coroutine<Settled<unknown> | undefined, LoopEvent> {
  checkContestants(caller, bodies);
  const contest = new Contest(caller, decides);
  try {
    yield* scope(startAll(contest, bodies));
  } catch (late) {
    const { first } = contest;
    if (late instanceof Cancelled || first?.state !== 'failed') throw late;
    throw new AggregateError([first.error, late], `${caller}: the first failed, and another while it was cancelled`);
  }
  return contest.outcome();
}

// Not nested in `firstOf`: see `all`.
function* startAll(contest: Contest, bodies: readonly AnyBody[]): Coroutine<void, LoopEvent> {
  for (const body of bodies) {
    contest.contestants.push(yield* new Spawn(compete(contest, body), { name: programName(body) }));
  }
}

function* compete(contest: Contest, body: AnyBody): Coroutine<void, LoopEvent> {
  const outcome = yield* settle(contest.caller, body);
  if (contest.isDecidedBy(outcome)) contest.cancelAllBut(yield* currentTask());
}

class Contest {
  readonly contestants: Task[] = [];
  first: Settled<unknown> | undefined;

  constructor(
    readonly caller: string,
    readonly decides: (outcome: Settled<unknown>) => boolean,
  ) {}

  /** @throws the error of one that fails after the decision, in its clean-up */
  isDecidedBy(outcome: Settled<unknown>): boolean {
    if (this.first !== undefined) {
      if (outcome.state === 'failed') throw outcome.error;
      return false;
    }
    if (!this.decides(outcome)) return false;
    this.first = outcome;
    return true;
  }

  cancelAllBut(winner: Task): void {
    for (const other of this.contestants) if (other !== winner) other.cancel(`${this.caller}: another was first`);
  }

  /** Call it when all have ended. A contestant that was cancelled from outside has failed. */
  outcome(): Settled<unknown> | undefined {
    for (const task of this.contestants) {
      if (this.first !== undefined) break;
      if (task.result.state === 'cancelled') this.isDecidedBy({ state: 'failed', error: failureOf(task) });
    }
    return this.first;
  }
}

function decided(outcome: Settled<unknown> | undefined): unknown {
  if (outcome?.state === 'succeeded') return outcome.value;
  throw outcome?.error;
}
