import { Clock, type Duration, type Instant, injectable, SleepStrategy, strategyModule, type Wakeup } from 'escapement';

/** A sleep ends late by about half of this, so a shorter one is useless. */
const SHORTEST_NAP: Duration = 0.2;

/**
 * Sleeps for half of the time that is left, again and again, and spins at the end. A nap may end late by up to the other
 * half without delaying a task.
 */
@injectable()
export class NapStrategy extends SleepStrategy {
  override readonly alias = 'nap';
  override readonly waits = 'blocks';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const rest = until - this.clock.now();
    if (rest > SHORTEST_NAP) Atomics.wait(wakeup.word, 0, 0, rest / 2);
    else while (this.clock.now() < until && !wakeup.requested);
  }
}

export const napModule = strategyModule(NapStrategy);
