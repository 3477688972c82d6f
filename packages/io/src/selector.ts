import type { Duration } from '@escapement/core';
import type { PollList } from '@escapement/posix';
import type { Interest } from './interest.js';

/**
 * Asks the system which descriptors are ready: an extension point. It is level-triggered: what is ready is found again
 * and again until somebody reads or writes. One loop uses it, on its own thread.
 *
 * The handler says what to look for with `watch` and calls `look` once a turn at most; a strategy that sleeps in the selector
 * calls `wait`, and the next `look` gives what that found. Either returns how many descriptors were found; `fdAt` and
 * `readyAt` describe them until the next call.
 *
 * There may be several `wait`s in a row, of which the last one counts, and a `watch` between `wait` and `look`: what that
 * changed must not be found as it was. A `watch` for the same again is to make sure that the number still belongs to the
 * same descriptor.
 */
export abstract class Selector {
  /**
   * Look for `interest` from now on, instead of what was looked for before; `Interest.none` takes `fd` out and never
   * fails, whatever became of the descriptor.
   * @returns false if `fd` is always ready, as files on a disk are, and cannot be watched
   * @throws PosixError (EBADF; where the system has no more to give EMFILE, ENFILE, ENOSPC, ENOMEM)
   */
  abstract watch(fd: number, interest: Interest): boolean;

  /** What is ready now. Must not block. */
  abstract look(): number;

  /** Blocks the thread for `duration` at most (`Infinity`: no limit), or until something is ready. May return early. */
  abstract wait(duration: Duration): number;

  abstract fdAt(index: number): number;

  /** An error or a hang-up is readiness for both; `Interest.none`: it was closed. */
  abstract readyAt(index: number): Interest;

  /** Goes up whenever `describeTo` would say something else. */
  abstract readonly version: number;

  /** Adds what another thread has to `poll` to know that `look` would find something. */
  abstract describeTo(list: PollList): void;

  /** The run is over: let go of what the system lent. It may be used again. Called once or twice a run, or not at all. */
  abstract close(): void;
}
