import type { Coroutine } from '../coroutine.js';
import { type CurrentTask, currentTask } from '../current-task.js';
import { Cancelled } from '../errors.js';
import type { LoopEvent } from '../loop-event.js';
import { type Scope, scope } from '../scope.js';
import { type Spawn, spawn } from '../spawn.js';
import type { Task } from '../task.js';
import type { AnyBody, EventsIn, ValueOf } from './all.js';
import type { Settled } from './all-settled.js';

/**
 * Runs all at once; the first that ends decides: its value is the value, its error is thrown. The others are cancelled and
 * *finished* before that. What a loser throws while it cleans up is thrown instead: no error is lost.
 *
 * @throws RangeError for no contestants at all, which would never end
 * @example const winner = yield* race([fetchFrom(mirrorA), fetchFrom(mirrorB)]);
 */
export function* race<const B extends readonly AnyBody[]>(bodies: B): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const outcome = yield* firstOf('race', bodies, () => true) as Coroutine<Settled<unknown>, RaceEvent<B>>;
  return decided(outcome) as ValueOf<B[number]>;
}

/**
 * Runs all at once; the first that succeeds decides, and the others are cancelled and finished before its value is given
 * back. If all fail, an `AggregateError` with all their errors is thrown.
 *
 * @throws RangeError for no contestants at all
 * @example const connection = yield* any(addresses.map(address => connect(address)));
 */
export function* any<const B extends readonly AnyBody[]>(bodies: B): Coroutine<ValueOf<B[number]>, RaceEvent<B>> {
  const errors: unknown[] = [];
  const outcome = yield* firstOf('any', bodies, settled => {
    if (settled.state === 'failed') errors.push(settled.error);
    return settled.state === 'succeeded';
  }) as Coroutine<Settled<unknown> | undefined, RaceEvent<B>>;
  if (outcome === undefined) throw new AggregateError(errors, `any: all ${errors.length} failed`);
  return decided(outcome) as ValueOf<B[number]>;
}

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
    const outcome = yield* outcomeOf(body);
    if (first !== undefined || !decides(outcome)) return;
    first = outcome;
    const winner = yield* currentTask();
    for (const other of contestants) if (other !== winner) other.cancel(`${caller}: another was first`);
  }

  function* start(): Coroutine<void, LoopEvent> {
    for (const body of bodies) contestants.push(yield* spawn(contest(body)));
  }

  function* outcomeOf(body: AnyBody): Coroutine<Settled<unknown>, LoopEvent> {
    try {
      return { state: 'succeeded', value: yield* body };
    } catch (error) {
      // Too late to decide anything: then it is an error of the clean-up, or the cancellation itself.
      if (first !== undefined || error instanceof Cancelled) throw error;
      return { state: 'failed', error };
    }
  }

  yield* scope(start());
  return first;
}

function decided(outcome: Settled<unknown> | undefined): unknown {
  if (outcome?.state === 'succeeded') return outcome.value;
  throw outcome?.error;
}
