import type { LoopEvent } from '../events/loop-event.js';

/** Why a task became ready. */
export type ReadyCause =
  /** It is new. */
  | 'spawned'
  /** It has only paused. */
  | 'paused'
  /** `Cancelled` is thrown at its next resume. */
  | 'cancelled'
  /** It yielded what the loop does not serve; the error is thrown at its next resume. */
  | 'refused'
  /** This event was settled. */
  | LoopEvent;
