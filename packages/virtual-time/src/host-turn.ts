import type { Duration, Wakeup } from '@escapement/core';

// This package loads no types of a host, so it declares those that it uses.
declare const setImmediate: ((callback: () => void) => unknown) | undefined;
declare const setTimeout: (callback: () => void, delay: Duration) => unknown;
declare const clearTimeout: (timer: unknown) => void;

/** A turn of the host: its microtasks have run, and the immediates that were due. */
export function hostTurn(): Promise<void> {
  return new Promise(resolve => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

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
