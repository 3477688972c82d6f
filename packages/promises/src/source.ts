import { checkArgument, checkCallback, EscapementError } from '@escapement/core';

/**
 * Ends a subscription; called exactly once. If that takes time it returns a promise, and the task that subscribed does not end
 * before that has settled. Anything else that it returns is ignored.
 */
export type Unsubscribe = () => unknown;

/** A source that can be told to wait. */
export interface PausableSource {
  /** Ends the subscription: see `Unsubscribe`. */
  stop: Unsubscribe;
  /** The buffer is full: emit nothing until `resume`. What comes nevertheless is kept. */
  pause(): void;
  /** Half of the buffer is free again. */
  resume(): void;
}

/**
 * Subscribes to a source of the host, and returns what takes that back. It hands `emit` each item, and at the end calls `end`,
 * or `fail` with an error. What it calls after that does nothing.
 */
export type Source<out T> = (
  emit: (item: T) => void,
  fail: (error: unknown) => void,
  end: () => void,
) => Unsubscribe | PausableSource;

/** What to do with an item that finds the buffer full. */
export type Overflow =
  /** The subscription ends with a `SubscriptionOverflowError`, behind the items that it holds. */
  | 'error'
  /** The oldest item is dropped. For states, of which the last one counts. */
  | 'drop-oldest'
  /** The new item is dropped. */
  | 'drop-newest'
  /** None comes: the source, which must be a `PausableSource`, is paused when the buffer becomes full. */
  | 'pause';

/** @internal */
export const OVERFLOWS: readonly unknown[] = ['error', 'drop-oldest', 'drop-newest', 'pause'] satisfies Overflow[];

/** A source emitted more items than its subscription holds. */
export class SubscriptionOverflowError extends EscapementError {
  static override readonly name = 'SubscriptionOverflowError';
  override readonly code = 'ESC_SUBSCRIPTION_OVERFLOW';

  /** @internal */
  constructor(subscription: string, capacity: number) {
    super(
      `${subscription} holds ${capacity} items that no task has taken, and its source emitted another one. Take them faster, raise \`capacity\`, or choose another \`overflow\`: 'drop-oldest', 'drop-newest', or 'pause' for a source that can be paused.`,
    );
  }
}

/** @internal @throws InvalidArgumentError if `given` cannot stop a source, or not pause it although it must */
export function checkStop(given: Unsubscribe | PausableSource, mustPause: boolean): Unsubscribe | PausableSource {
  if (typeof given === 'function' && !mustPause) return given;
  const what = mustPause
    ? '`{ stop, pause, resume }`, to be paused when the buffer is full'
    : 'a function that stops it';
  const methods = checkArgument('subscribe', given, 'object', `from the source ${what}`) as PausableSource;
  for (const name of mustPause ? (['stop', 'pause', 'resume'] as const) : (['stop'] as const))
    checkCallback(`subscribe for \`${name}\` of what the source returned`, methods[name], 'a function');
  return given;
}
