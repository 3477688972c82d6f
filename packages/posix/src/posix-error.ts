import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { lastErrno } from './library.js';

/** @internal */
export const { EAGAIN, EBADF, EINPROGRESS, EINTR, EINVAL } = constants.errno;

/**
 * A system call failed. It has the fields of Node's own errors: `code` is the symbol, `errno` the negative number, `syscall` the
 * name of the call.
 *
 * @example
 * try { connect(fd, address); } catch (error) { if (error instanceof PosixError && error.code === 'ECONNREFUSED') ... }
 */
export class PosixError extends Error {
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;

  override get name(): string {
    return 'PosixError';
  }

  /**
   * @param errno the error number, positive as in C or negative as in Node
   * @param subject the object of the call: `descriptor 7`, `127.0.0.1:80`
   */
  constructor(errno: number, syscall: string, subject?: string) {
    const negative = -Math.abs(errno);
    const [code, text] = getSystemErrorMap().get(negative) ?? [`errno ${-negative}`, 'unknown error'];
    super(`${code}: ${text}, ${syscall}${subject === undefined ? '' : ` ${subject}`}`);
    this.code = code;
    this.errno = negative;
    this.syscall = syscall;
  }
}

/** @internal The error of the call that has just failed on this thread. */
export function failureOf(syscall: string, subject?: string): PosixError {
  return new PosixError(lastErrno(), syscall, subject);
}

/** @internal @throws PosixError if `result` says that the call failed */
export function checked(result: number, syscall: string, fd?: number): number {
  if (result < 0) throw failureOf(syscall, fd === undefined ? undefined : `descriptor ${fd}`);
  return result;
}
