import { lastErrno } from './library.js';
import { EAGAIN, EINTR, PosixError } from './posix-error.js';

/** What the calls on non-blocking descriptors return when nothing can be done now: wait for readiness, and try again. */
export const WOULD_BLOCK = -1;

/**
 * @internal What a failed call on a non-blocking descriptor means.
 * @returns whether to call again at once, because a signal came in between; false if it would block
 * @throws PosixError for all else
 */
export function isInterrupted(syscall: string, fd: number): boolean {
  const errno = lastErrno();
  if (errno === EINTR) return true;
  if (errno === EAGAIN) return false;
  throw new PosixError(errno, syscall, `descriptor ${fd}`);
}
