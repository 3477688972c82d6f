import type { Duration } from 'escapement';

// This memory is private, so no other thread can end the wait early.
const scratch = new Int32Array(new SharedArrayBuffer(4));

/** Stops the whole thread: Python's `time.sleep`. */
export function blockFor(duration: Duration): void {
  if (duration > 0) Atomics.wait(scratch, 0, 0, duration);
}
