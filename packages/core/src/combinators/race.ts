import { programName } from '../events/body-of.js';
import type { Coroutine } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type CurrentTask, currentTask } from '../primitives/current-task.js';
import { type Scope, scope } from '../primitives/scope.js';
import { Spawn } from '../primitives/spawn.js';
import { Cancelled, TaskCancelledError } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import type { AnyBody, EventsIn, ValueOf } from './all.js';
import { type Settled, settle } from './all-settled.js';
import { checkContestants } from './check-bodies.js';

/**
 * Runs all at once; the first that ends decides: its value is the value, its error is thrown. The others are cancelled and
 * *finished* before that. What a loser throws while it cleans up is thrown instead: no error is lost.
 *
 * A loser whose wait is over in the same turn has its value thrown away: do not race takers of items that must not be lost.
 *
 * @throws InvalidArgumentError for no list, and for none in it: that would never end; NotACoroutineError
 * @example const winner = yield* race([fetchFrom(mirrorA), fetchFrom(mirrorB)]);
 */
export const race = /* @__PURE__ */ coroutine(function* race<const B extends readonly AnyBody[]>(
  bodies: B,
): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const outcome = yield* firstOf('race', bodies, () => true) as Coroutine<Settled<unknown>, RaceEvent<B>>;
  return decided(outcome) as ValueOf<B[number]>;
});

/**
 * Runs all at once; the first that succeeds decides, and the others are cancelled and finished before its value is given
 * back. If all fail, an `AggregateError` with all their errors is thrown.
 *
 * @throws InvalidArgumentError for no list, and for none in it; NotACoroutineError
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

/** The first outcome that `decides`; the rest are cancelled when it comes, and all are finished. */
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

// Not inside of `firstOf`: see `all`.
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

  /** @throws the error of one that is too late to decide anything: it is of its clean-up */
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

  /** When all are finished. */
  outcome(): Settled<unknown> | undefined {
    // Somebody else may have cancelled all that were left: that is how they failed then.
    for (const { name, result } of this.contestants) {
      if (this.first !== undefined) break;
      if (result.state !== 'cancelled') continue;
      this.isDecidedBy({ state: 'failed', error: new TaskCancelledError(name, result.reason) });
    }
    return this.first;
  }
}

function decided(outcome: Settled<unknown> | undefined): unknown {
  if (outcome?.state === 'succeeded') return outcome.value;
  throw outcome?.error;
}
