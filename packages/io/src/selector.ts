import { checkArgument, type Duration, describe, InvalidArgumentError } from '@escapement/core';
import type { PollList } from '@escapement/posix';
import type { Interest } from './interest.js';

/**
 * Asks the system which descriptors are ready: an extension point. It is level-triggered: it reports a ready descriptor
 * again and again until a task reads or writes. One loop uses it, on the loop's thread.
 *
 * The handler calls `watch` to say which descriptors to report, and calls `look` at most once a turn. A strategy that sleeps
 * in the selector calls `wait`; the next `look` then returns the results of that `wait`. `wait` and `look` return the number
 * of ready descriptors; `fdAt` and `readyAt` describe them until the next call of either.
 *
 * After several `wait`s in a row, `look` returns the results of the last one. After a `watch` between `wait` and `look`,
 * `look` must not report the old state of that descriptor. The handler repeats a `watch` with the same interest to recheck
 * that the number still belongs to the same file. A selector that wraps another
 * has to forward every member.
 */
export abstract class Selector {
  /**
   * Watches `fd` for `interest` from now on, in place of an earlier interest. `Interest.none` removes `fd` and never fails,
   * even if the descriptor is closed.
   * @returns false if `fd` cannot be watched because it is always ready, like a file on a disk
   * @throws PosixError (EBADF; if the system is out of resources EMFILE, ENFILE, ENOSPC, ENOMEM)
   */
  abstract watch(fd: number, interest: Interest): boolean;

  /** Finds the descriptors that are ready now. Must not block. @returns how many */
  abstract look(): number;

  /**
   * Blocks the thread until a descriptor is ready, for `duration` at most (`Infinity`: no limit). May return early.
   * @returns how many are ready
   */
  abstract wait(duration: Duration): number;

  /** The descriptor of finding `index`, of those that the last `look` has counted. */
  abstract fdAt(index: number): number;

  /** An error or a hang-up counts as ready for both; `Interest.none` means that the descriptor was closed. */
  abstract readyAt(index: number): Interest;

  /** Goes up each time the list of `describeTo` changes. */
  abstract readonly version: number;

  /** Adds the descriptors and events that another thread has to `poll` to learn that `look` would find something. */
  abstract describeTo(list: PollList): void;

  /** The run is over: close what was opened. A later run may use the selector again. Called up to twice a run. */
  abstract close(): void;
}

/** @internal @throws InvalidArgumentError */
export function checkSelector(caller: string, given: Selector): void {
  const expected = 'a Selector, such as new EpollSelector()';
  checkArgument(caller, given, 'object', expected);
  if (typeof given.watch === 'function') return;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', `${caller} got ${describe(given)}, expected ${expected}.`);
}
