import { libcFunction } from './library.js';
import { checked } from './posix-error.js';
import { read, write } from './transfer.js';

const cEventfd = libcFunction<(initial: number, flags: number) => number>('int eventfd(uint32 initial, int flags)');
const EFD_NONBLOCK = 0o4000;
const EFD_CLOEXEC = 0o2000000;

/** A descriptor that is readable once it was raised, by any thread, until it is lowered (eventfd). @throws PosixError */
export function eventCounter(): number {
  return checked(cEventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), 'eventfd');
}

const one = new Uint8Array(new BigUint64Array([1n]).buffer);
const count = new Uint8Array(8);

/** @throws PosixError */
export function raise(counter: number): void {
  write(counter, one);
}

/** Does nothing if it is not raised. @throws PosixError */
export function lower(counter: number): void {
  read(counter, count);
}
