import type { Coroutine, Duration } from 'escapement';
import { AsyncSleep } from './async-sleep.js';

/** Lets `duration` pass, in two halves. */
export function* asleep(duration: Duration): Coroutine<void, AsyncSleep> {
  yield* new AsyncSleep(performance.now() + duration / 2);
  yield* new AsyncSleep(performance.now() + duration / 2);
}
