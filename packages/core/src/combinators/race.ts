import type { Coroutine } from '../coroutine.js';
import { coroutine } from '../coroutine-function.js';
import { type CurrentTask, currentTask } from '../current-task.js';
import { Cancelled, TaskCancelledError } from '../errors.js';
import type { LoopEvent } from '../loop-event.js';
import { type Scope, scope } from '../scope.js';
import { type Spawn, spawn } from '../spawn.js';
import type { Task } from '../task.js';
import type { AnyBody, EventsIn, ValueOf } from './all.js';
import { type Settled, settle } from './all-settled.js';

/**
 * Runs all at once; the first that ends decides: its value is the value, its error is thrown. The others are cancelled and
 * *finished* before that. What a loser throws while it cleans up is thrown instead: no error is lost.
 *
 * A loser whose wait is over in the same turn has its value thrown away: do not race takers of items that must not be lost.
 *
 * @throws RangeError for no contestants at all, which would never end
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
 * @throws RangeError for no contestants at all
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
  if (bodies.length === 0)
    throw new RangeError(`${caller} got no coroutines, expected at least one: it would never end`);
  const contestants: Task[] = [];
  let first: Settled<unknown> | undefined;

  function* contest(body: AnyBody): Coroutine<void, LoopEvent> {
    const outcome = yield* settle(body);
    if (first === undefined && decides(outcome)) {
      first = outcome;
      const winner = yield* currentTask();
      for (const other of contestants) if (other !== winner) other.cancel(`${caller}: another was first`);
    } else if (first !== undefined && outcome.state === 'failed') {
      // Too late to decide anything: an error of the clean-up.
      throw outcome.error;
    }
  }

  function* start(): Coroutine<void, LoopEvent> {
    for (const body of bodies) contestants.push(yield* spawn(contest(body)));
  }

  try {
    yield* scope(start());
  } catch (late) {
    if (late instanceof Cancelled || first?.state !== 'failed') throw late;
    throw new AggregateError([first.error, late], `${caller}: the first failed, and another while it was cancelled`);
  }
  // Somebody else may have cancelled all that were left: that is how they failed then.
  for (const { name, result } of contestants) {
    if (first !== undefined) break;
    if (result.state !== 'cancelled') continue;
    const outcome: Settled<unknown> = { state: 'failed', error: new TaskCancelledError(name, result.reason) };
    if (decides(outcome)) first = outcome;
  }
  return first;
}

function decided(outcome: Settled<unknown> | undefined): unknown {
  if (outcome?.state === 'succeeded') return outcome.value;
  throw outcome?.error;
}
