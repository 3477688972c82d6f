import { TaskCancelledError } from '@escapement/core';
import { PosixError } from '@escapement/posix';
import { TimeoutError } from '@escapement/sleep';
import {
  ClosedError,
  LineTooLongError,
  StreamResetError,
  TooManyBytesError,
  UnexpectedEndError,
} from '@escapement/streams';
import { NameLookupError } from './name-lookup-error.js';

/** Errors that end only their connection: they come from the environment or were caused on purpose, not by a bug. */
const CONNECTION_ERRORS = [
  PosixError,
  ClosedError,
  LineTooLongError,
  NameLookupError,
  StreamResetError,
  TaskCancelledError,
  TimeoutError,
  TooManyBytesError,
  UnexpectedEndError,
];
/** System errors that only a bug of the program causes. */
const BUGS: readonly string[] = ['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK'];
/**
 * Whether an error of a connection's coroutine should end only that connection: a system error (a reset, an upstream that
 * refuses), an unexpected end, a line or an announced length that is too long, a timeout, a name that is not found, or something done on purpose (a
 * stream closed, a task cancelled). Every other error is a bug; a bug that ends only connections is found late.
 *
 * @example listener.serve(handle, { failed: (error, { remote }) => {
 *   console.error(remote.host, error);
 *   if (!isOnlyTheConnections(error)) throw error;
 * } });
 */
export function isOnlyTheConnections(error: unknown): boolean {
  try {
    if (error instanceof AggregateError) return error.errors.every(isOnlyTheConnections);
    if (error instanceof PosixError && BUGS.includes(error.code)) return false;
    return CONNECTION_ERRORS.some(type => error instanceof type);
  } catch {
    // A value that throws when it is looked at, such as a revoked proxy, is nothing that we have thrown.
    return false;
  }
}
