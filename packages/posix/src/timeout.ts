/** @internal The largest timeout, in milliseconds, that fits in the system's `int`: 24 days. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * @internal Waits for longer than the system can count, in several waits.
 * @param wait waits for a part of the time; returns how many descriptors are ready
 */
export function waitInParts(timeout: number, wait: (part: number) => number, longest = LONGEST_TIMEOUT): number {
  const until = performance.now() + timeout;
  for (let rest = timeout; ; rest = Math.max(until - performance.now(), 0)) {
    const found = wait(Math.min(rest, longest));
    if (found > 0 || rest <= longest) return found;
  }
}
