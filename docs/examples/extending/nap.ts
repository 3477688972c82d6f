import { Clock, type Duration, type Instant, injectable, SleepStrategy, strategyModule, type Wakeup } from 'escapement';

/** A nap ends late by about half of this: no use in a shorter one. */
const SHORTEST_NAP: Duration = 0.2;

/**
 * Naps for half of the time that is left, again and again, and spins the last stretch: a nap that ends late by less
 * than the other half makes nobody late.
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
