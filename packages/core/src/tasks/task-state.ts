// Small integers: storing one costs less than storing a string, and it is stored several times a step.
/** @internal */
export const SPAWNED = 0;
/** @internal */
export const READY = 1;
/** @internal */
export const RUNNING = 2;
/** @internal */
export const WAITING = 3;
/** @internal */
export const FINISHING = 4;
/** @internal */
export const SUCCEEDED = 5;
/** @internal */
export const FAILED = 6;
/** @internal */
export const CANCELLED = 7;

export type TaskState =
  /** Created, its first step is due. */
  | 'spawned'
  /** Its wait is over, its next step is due. */
  | 'ready'
  | 'running'
  /** Suspended on an event. */
  | 'waiting'
  /** Its body is done, some of its children are not. */
  | 'finishing'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

/** @internal By number. */
export const STATE_NAMES: readonly TaskState[] = [
  'spawned',
  'ready',
  'running',
  'waiting',
  'finishing',
  'succeeded',
  'failed',
  'cancelled',
];

export type TaskResult<T> =
  | { readonly state: 'pending' }
  | { readonly state: 'succeeded'; readonly value: T }
  | { readonly state: 'failed'; readonly error: unknown }
  | { readonly state: 'cancelled'; readonly reason: unknown };

/** @internal Of every task that has not ended. */
export const PENDING = { state: 'pending' } as const;
