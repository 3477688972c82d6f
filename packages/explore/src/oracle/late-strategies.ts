import type { Duration, Instant, SleepStrategy, Wakeup } from '@escapement/core';
import { SettlingTimeStrategy, type VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { UnsettledPromiseError } from '../errors.js';
import type { Oracle } from './oracle.js';

/** A sleep ends on time, half of the lateness late, or all of it. */
const LEVELS = 3;

/** How late the loop wakes up. If it is late, several deadlines are due at once, as on a machine that has much to do. */
class Lateness {
  constructor(
    private readonly oracle: Oracle,
    private readonly most: Duration,
  ) {}

  of(until: Instant, now: Instant): Instant {
    if (this.most === 0 || until === Infinity || until <= now) return until;
    return until + (this.oracle.choose('late', LEVELS) * this.most) / (LEVELS - 1);
  }
}

/** A sleep strategy of a run, which can say what stopped it. */
export type RunStrategy = SleepStrategy & { readonly stuck: UnsettledPromiseError | undefined };

/** Jumps from deadline to deadline, or a little further. */
export class LateVirtualTime extends VirtualTimeStrategy implements RunStrategy {
  readonly stuck = undefined;
  readonly #lateness: Lateness;

  constructor(clock: VirtualClock, oracle: Oracle, lateness: Duration) {
    super(clock);
    this.#lateness = new Lateness(oracle, lateness);
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    super.sleep(wakeup.requested ? until : this.#lateness.of(until, this.clock.now()), wakeup);
  }
}

/** Lets promises settle first. Unlike its base it does not wait for ever if only promises are left. */
export class LateSettlingTime extends SettlingTimeStrategy implements RunStrategy {
  stuck: UnsettledPromiseError | undefined = undefined;
  readonly #lateness: Lateness;

  /** @param patience in real milliseconds */
  constructor(
    clock: VirtualClock,
    oracle: Oracle,
    lateness: Duration,
    private readonly patience: Duration,
  ) {
    super(clock, { patience });
    this.#lateness = new Lateness(oracle, lateness);
  }

  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    if (until < Infinity) return super.sleep(this.#lateness.of(until, this.clock.now()), wakeup);
    const timer = setTimeout(() => {
      this.stuck = new UnsettledPromiseError(this.patience);
      wakeup.request();
    }, this.patience);
    await super.sleep(until, wakeup);
    clearTimeout(timer);
    if (this.stuck !== undefined) throw this.stuck;
  }
}
