import {
  type Coroutine,
  createLoop,
  type Duration,
  type EventLoop,
  type Now,
  now,
  type Sleep,
  sleepModule,
  sleepUntil,
} from 'escapement';
import type { Sleeper, Stopwatch } from './sleeper.js';
import type { Strategy } from './strategy.js';

/** Sleeps with a strategy in a real loop. */
export class LoopSleeper implements Sleeper {
  readonly kind = 'strategy';
  readonly name: string;
  readonly waits;
  readonly #loop: EventLoop<Sleep>;

  /** @param strategy what the loop sleeps with */
  constructor({ alias, waits, module }: Strategy) {
    this.name = alias;
    this.waits = waits;
    this.#loop = createLoop(module, sleepModule);
  }

  sleep(duration: Duration, times: number, stopwatch: Stopwatch): Promise<void> {
    return this.#loop.run(sleeps(duration, times, stopwatch));
  }
}

/** Sleeps until an instant that is computed first, so that the time to start the sleep does not lengthen it. */
function* sleeps(duration: Duration, times: number, stopwatch: Stopwatch): Coroutine<void, Now | Sleep> {
  for (let n = 0; n < times; n++) {
    stopwatch.start(duration);
    yield* sleepUntil((yield* now()) + duration);
    stopwatch.stop();
  }
}
