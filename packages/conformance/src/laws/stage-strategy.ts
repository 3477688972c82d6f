import { type Instant, SleepStrategy, type Waits, type Wakeup } from '@escapement/core';
import { LawBrokenError } from './errors.js';
import { hostTurn, realNow } from './host.js';
import type { KitClock } from './kit-clock.js';

/** How a handler's waits end, which its `needsHost` and `beforeSleep` tell. */
export type EndedBy =
  /** A task of the loop, or the clock. */
  | 'loop'
  /** The host's own loop. */
  | 'host'
  /** Another thread, or a descriptor. */
  | 'thread';

/** The longest that the kit waits, in milliseconds of real time, for something outside of the loop. */
export const PATIENCE = 1500;

/** How the kit lets time pass under a handler: it jumps in virtual time, or waits for the host or another thread. */
export class StageStrategy extends SleepStrategy {
  override readonly alias = 'conformance';
  override readonly waits: Waits;
  /** Called before each sleep. */
  onSleep: (until: Instant) => void = () => {};
  #idleSince: number | undefined;

  /** @param isAsync lets the host run even if the handler needs no host */
  constructor(
    override readonly clock: KitClock,
    private readonly endedBy: EndedBy,
    private readonly isAsync: boolean,
  ) {
    super();
    this.waits = endedBy === 'host' || isAsync ? 'yields' : 'blocks';
  }

  override sleep(until: Instant, wakeup: Wakeup): void | Promise<void> {
    this.onSleep(until);
    if (this.endedBy === 'loop') return this.#jump(until);
    if (until === Infinity) this.#idleSince ??= realNow();
    else this.#idleSince = undefined;
    const start = this.#idleSince ?? realNow();
    if (this.waits === 'yields') return this.#letHostRun(until, wakeup, start);
    Atomics.wait(wakeup.word, 0, 0, Math.min(until - this.clock.now(), PATIENCE));
    if (!wakeup.requested) checkPatience(start);
  }

  #jump(until: Instant): void | Promise<void> {
    if (until !== Infinity) this.clock.moveTo(until);
    return this.isAsync ? hostTurn() : undefined;
  }

  async #letHostRun(until: Instant, wakeup: Wakeup, start: number): Promise<void> {
    do {
      await hostTurn();
      checkPatience(start);
    } while (!wakeup.requested && this.clock.now() < until);
  }
}

function checkPatience(start: number): void {
  if (realNow() - start < PATIENCE) return;
  throw new LawBrokenError(`nothing ended the sleep of the loop within ${PATIENCE} ms, although inFlight() is above 0`);
}
