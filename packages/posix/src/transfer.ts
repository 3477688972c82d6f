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
 * @throws PosixError
 */
export function read(fd: number, into: Uint8Array): number {
  for (;;) {
    const count = cRead(fd, into, into.length);
    if (count >= 0) return count;
    if (!isInterrupted('read', fd)) return WOULD_BLOCK;
  }
}

/**
 * Writes as much as fits.
 * @returns how many bytes were written; `WOULD_BLOCK` if none fits now
 * @throws PosixError (EPIPE if the reading end is closed: Node ignores the signal)
 */
export function write(fd: number, from: Uint8Array): number {
  for (;;) {
    const count = cWrite(fd, from, from.length);
    if (count >= 0) return count;
    if (!isInterrupted('write', fd)) return WOULD_BLOCK;
  }
}

/** The system's limit for one call (IOV_MAX). */
const MOST_PARTS = 1024;
const iovec = new BigUint64Array(2 * MOST_PARTS);
const iovecBytes = new Uint8Array(iovec.buffer);

/** `read` into several buffers, one after another: the first 1,024 of them. Returns 0 also if all are empty. @throws PosixError */
export function readv(fd: number, into: readonly Uint8Array[]): number {
  const count = describeParts(into);
  for (;;) {
    const size = cReadv(fd, iovecBytes, count);
    if (size >= 0) return size;
    if (!isInterrupted('readv', fd)) return WOULD_BLOCK;
  }
}

/** `write` from several buffers, one after another: the first 1,024 of them. @throws PosixError */
export function writev(fd: number, from: readonly Uint8Array[]): number {
  const count = describeParts(from);
  for (;;) {
    const size = cWritev(fd, iovecBytes, count);
    if (size >= 0) return size;
    if (!isInterrupted('writev', fd)) return WOULD_BLOCK;
  }
}

function describeParts(parts: readonly Uint8Array[]): number {
  const count = Math.min(parts.length, MOST_PARTS);
  for (let n = 0; n < count; n++) {
    iovec[2 * n] = addressOf(parts[n]!);
    iovec[2 * n + 1] = BigInt(parts[n]!.length);
  }
  return count;
}
