import type { Coroutine, Instant } from 'escapement';
import type { AsyncSleep } from './async-sleep.js';
import { blockFor } from './block-for.js';

// #region loop
export function runAll(...coroutines: Coroutine<void, AsyncSleep>[]): void {
  const idle = new Map(coroutines.map(coroutine => [coroutine, -Infinity as Instant]));
  while (true) {
    for (const [coroutine, until] of idle) {
      if (until > performance.now()) continue;
      const { done, value: event } = coroutine.next();
      if (done) idle.delete(coroutine);
      else idle.set(coroutine, event.until);
    }
    if (idle.size === 0) return;
    blockFor(Math.min(...idle.values()) - performance.now());
  }
}
// #endregion loop
