import { MissingHostFeatureError } from './errors.js';

/** @throws MissingHostFeatureError if the calling thread cannot wait in `Atomics.wait` */
export function checkCanBlock(strategy: string): void {
  if (typeof SharedArrayBuffer === 'undefined') {
    const advice =
      'A page must be cross-origin isolated for that: see docs/choosing-a-strategy.md. Or use SetTimeoutStrategy.';
    throw new MissingHostFeatureError(strategy, 'SharedArrayBuffer', advice);
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
  } catch {
    const advice = 'The main thread of a page must not block: run the loop in a worker, or use SetTimeoutStrategy.';
    throw new MissingHostFeatureError(strategy, 'Atomics.wait on this thread', advice);
  }
}
