import { lastErrno } from './library.js';
import { EAGAIN, EINTR, PosixError } from './posix-error.js';
import { formatAddress, type SocketAddress } from './socket-address.js';

/** The result of a call on a non-blocking descriptor that would have blocked: wait for readiness, and call again. */
export const WOULD_BLOCK = -1;

/**
 * @internal Classifies the failure of a call on a non-blocking descriptor.
 * @param to for the message: where the call would have sent something
 * @returns true if a signal interrupted the call: call again at once; false if it would block
 * @throws PosixError for every other failure
 */
export function isInterrupted(syscall: string, fd: number, to?: SocketAddress): boolean {
  const errno = lastErrno();
  if (errno === EINTR) return true;
  if (errno === EAGAIN) return false;
  const place = to === undefined ? '' : ` to ${formatAddress(to)}`;
  throw new PosixError(errno, syscall, `descriptor ${fd}${place}`);
}
