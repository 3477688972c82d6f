import { libcFunction } from './library.js';
import { checked } from './posix-error.js';
import { read, write } from './transfer.js';

const cEventfd = libcFunction<(initial: number, flags: number) => number>('int eventfd(uint32 initial, int flags)');
const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

/**
 * Makes a descriptor (eventfd) that is readable from `raise`, by any thread, until `lower`.
 * @throws PosixError
 * @example
 * const counter = eventCounter();
 * raise(counter); // from any thread: `readable(counter)` is over
 * lower(counter);
 */
export function eventCounter(): number {
  return checked(cEventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), 'eventfd');
}

const one = new Uint8Array(new BigUint64Array([1n]).buffer);
const count = new Uint8Array(8);

/**
 * Makes it readable, from any thread: see `eventCounter`. Does nothing more if it is raised already.
 * @throws PosixError
 */
export function raise(counter: number): void {
  write(counter, one);
}

/**
 * Does nothing if the counter is not raised.
 * @throws PosixError
 * @see `eventCounter` for an example
 */
export function lower(counter: number): void {
  read(counter, count);
}
