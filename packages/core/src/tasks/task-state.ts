import type { LoopEvent } from '../events/loop-event.js';

// Numbers, because storing one costs less than storing a string, and every step stores several.
export const SPAWNED = 0;
export const READY = 1;
export const RUNNING = 2;
export const WAITING = 3;
export const FINISHING = 4;
export const SUCCEEDED = 5;
export const FAILED = 6;
export const CANCELLED = 7;

/** What a task does: it waits for its turn or for an event, it runs, or it has ended in one of three ways. */
export type TaskState =
  /** Created; its first step is due. */
  | 'spawned'
  /** Its next step is due. */
  | 'ready'
  | 'running'
  /** Suspended on an event. */
  | 'waiting'
  /** Its body is done, some of its children are not. */
  | 'finishing'
  | 'succeeded'
  | 'failed'
  | 'cancelled';

const NAMES = 'spawned ready running waiting finishing succeeded failed cancelled';
/** @internal By number. */
export const STATE_NAMES = NAMES.split(' ') as readonly TaskState[];

/** Why a task became ready. */
export type ReadyCause =
  /** It is new. */
  | 'spawned'
  | 'paused'
  /** `Cancelled` is thrown at its next resume. */
  | 'cancelled'
  /** It yielded something that the loop cannot wait for; the error is thrown at its next resume. */
  | 'refused'
  /** This event was settled. */
  | LoopEvent;
