import type { Duration, Wakeup } from '@escapement/core';

// This package loads no types of a host, so it declares those that it uses.
declare const setTimeout: (callback: () => void, delay: Duration) => unknown;
declare const clearTimeout: (timer: unknown) => void;

/** Gives the host real time: until the wakeup, for `longest` at most. */
export function realTime(wakeup: Wakeup, longest: Duration): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(awake, longest);
    const unwatch = wakeup.watch(awake);

    function awake(): void {
      clearTimeout(timer);
      unwatch();
      resolve();
    }
  });
}
