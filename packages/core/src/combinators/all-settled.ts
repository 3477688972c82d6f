import { bodyOf } from '../events/body-of.js';
import type { Coroutine } from '../events/coroutine.js';
import { coroutine } from '../events/coroutine-function.js';
import type { LoopEvent } from '../events/loop-event.js';
import { type Scope, scope } from '../primitives/scope.js';
import type { Spawn } from '../primitives/spawn.js';
import { Cancelled } from '../tasks/errors.js';
import { type AnyBody, all, type Bodies, type EventsIn, type ValueOf } from './all.js';
import { checkBodies } from './check-bodies.js';

export type Settled<T> =
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown };

/** The outcomes of `B`, in the same form. */
export type SettledOf<B> = { -readonly [K in keyof B]: Settled<ValueOf<B[K]>> };

/**
 * Runs programs concurrently and evaluates to the outcome of each, in the same form. A failure does not cancel the others.
 *
 * @throws InvalidArgumentError for what is neither an array nor a plain object; NotACoroutineError
 * @example for (const result of yield* allSettled(downloads)) if (result.state === 'failed') report(result.error);
 */
export const allSettled = /* @__PURE__ */ coroutine(function* allSettled<const B extends Bodies>(
  bodies: B,
): Coroutine<SettledOf<B>, EventsIn<B> | Scope | Spawn> {
  checkBodies('allSettled', bodies, 'list or record');
  const settling = Array.isArray(bodies)
    ? bodies.map(settleOne)
    : Object.fromEntries(Object.entries<AnyBody>(bodies as never).map(([key, body]) => [key, settleOne(body)]));
  return (yield* all(settling as unknown as B)) as SettledOf<B>;
});

function settleOne(body: AnyBody): Coroutine<Settled<unknown>, LoopEvent> {
  return settle('allSettled', body);
}

/** @internal Runs a program, and evaluates to its outcome. */
export function* settle(caller: string, body: AnyBody): Coroutine<Settled<unknown>, LoopEvent> {
  try {
    // In a scope, so that a failure of a task that the body spawned fails the body.
    return { state: 'succeeded', value: yield* scope(bodyOf(caller, body)) };
  } catch (error) {
    if (error instanceof Cancelled) throw error;
    return { state: 'failed', error };
  }
}
