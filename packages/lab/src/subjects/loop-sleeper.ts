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

/** A strategy at work in a real loop. */
export class LoopSleeper implements Sleeper {
  readonly kind = 'strategy';
  readonly name: string;
  readonly waits;
  readonly #loop: EventLoop<Sleep>;

  constructor({ alias, waits, module }: Strategy) {
    this.name = alias;
    this.waits = waits;
    this.#loop = createLoop(module, sleepModule);
  }

  sleep(duration: Duration, times: number, stopwatch: Stopwatch): Promise<void> {
    return this.#loop.run(sleeps(duration, times, stopwatch));
  }
}

/** Until an instant that is fixed first, so that what the loop does to begin the sleep is not added to its length. */
function* sleeps(duration: Duration, times: number, stopwatch: Stopwatch): Coroutine<void, Now | Sleep> {
  for (let n = 0; n < times; n++) {
    stopwatch.start(duration);
    yield* sleepUntil((yield* now()) + duration);
    stopwatch.stop();
  }
}
