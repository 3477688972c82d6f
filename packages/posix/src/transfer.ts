import { checkDescriptor, checkList, sizeOfBytes } from './check.js';
import { addressOf, libcFunction } from './library.js';
import { isInterrupted, WOULD_BLOCK } from './would-block.js';

type Transfer = (fd: number, bytes: Uint8Array, size: number) => number;
const cRead = libcFunction<Transfer>('long read(int fd, void *into, ulong size)');
const cWrite = libcFunction<Transfer>('long write(int fd, const void *from, ulong size)');
const cReadv = libcFunction<Transfer>('long readv(int fd, const void *iovec, int count)');
const cWritev = libcFunction<Transfer>('long writev(int fd, const void *iovec, int count)');

/**
 * Reads the bytes that are available, at most `into.length`.
 * @returns how many; 0 at the end, and also for an empty `into`; `WOULD_BLOCK` if no bytes are available yet
 * @throws PosixError, InvalidCallError
 * @see `pipe` for an example
 */
export function read(fd: number, into: Uint8Array): number {
  checkDescriptor('read', fd);
  const size = sizeOfBytes('read', into);
  for (;;) {
    const count = cRead(fd, into, size);
    if (count >= 0) return count;
    if (!isInterrupted('read', fd)) return WOULD_BLOCK;
  }
}

/**
 * Writes as much as fits.
 * @returns how many bytes were written; `WOULD_BLOCK` if none fits now
 * @throws PosixError (EPIPE if the reading end is closed: Node ignores the signal), InvalidCallError
 * @see `pipe` for an example
 */
export function write(fd: number, from: Uint8Array): number {
  checkDescriptor('write', fd);
  const size = sizeOfBytes('write', from);
  for (;;) {
    const count = cWrite(fd, from, size);
    if (count >= 0) return count;
    if (!isInterrupted('write', fd)) return WOULD_BLOCK;
  }
}

/** The system's limit for one call (IOV_MAX). */
const MOST_PARTS = 1024;
const iovec = new BigUint64Array(2 * MOST_PARTS);
const iovecBytes = new Uint8Array(iovec.buffer);

/** The buffers of the current call: the garbage collector must not free the memory whose address the system has. */
const inUse: { parts: readonly Uint8Array[] | undefined } = { parts: undefined };

/**
 * `read` into several buffers, one after another: the first 1,024 of them. Returns 0 also if all are empty.
 * @throws PosixError, InvalidCallError
 * @see `pipe`, which shows it with one buffer
 */
export function readv(fd: number, into: readonly Uint8Array[]): number {
  return transferParts('readv', cReadv, fd, into);
}

/**
 * `write` from several buffers, one after another: the first 1,024 of them. @throws PosixError, InvalidCallError
 * @see `pipe`, which shows it with one buffer
 */
export function writev(fd: number, from: readonly Uint8Array[]): number {
  return transferParts('writev', cWritev, fd, from);
}

function transferParts(call: string, transfer: Transfer, fd: number, parts: readonly Uint8Array[]): number {
  checkDescriptor(call, fd);
  checkList(call, 'the buffers', parts, 'an array of Uint8Arrays.');
  const count = describeParts(call, parts);
  inUse.parts = parts;
  try {
    for (;;) {
      const size = transfer(fd, iovecBytes, count);
      if (size >= 0) return size;
      if (!isInterrupted(call, fd)) return WOULD_BLOCK;
    }
  } finally {
    inUse.parts = undefined;
  }
}

function describeParts(call: string, parts: readonly Uint8Array[]): number {
  const count = Math.min(parts.length, MOST_PARTS);
  for (let n = 0; n < count; n++) {
    const part = parts[n]!;
    iovec[2 * n + 1] = BigInt(sizeOfBytes(call, part));
    iovec[2 * n] = addressOf(part);
  }
  return count;
}
