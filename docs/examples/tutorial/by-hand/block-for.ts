const scratch = new Int32Array(new SharedArrayBuffer(4));

/** Stops the whole thread for some milliseconds, as `time.sleep` does in Python. */
export function blockFor(duration: number) {
  if (duration > 0) Atomics.wait(scratch, 0, 0, duration);
}
