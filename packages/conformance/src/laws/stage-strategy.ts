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
    if (!wakeup.requested) this.#checkPatience(start);
  }

  #jump(until: Instant): void | Promise<void> {
    if (until !== Infinity) this.clock.moveTo(until);
    return this.isAsync ? hostTurn() : undefined;
  }

  async #letHostRun(until: Instant, wakeup: Wakeup, start: number): Promise<void> {
    do {
      await hostTurn();
      this.#checkPatience(start);
    } while (!wakeup.requested && this.clock.now() < until);
  }

  #checkPatience(start: number): void {
    if (realNow() - start < PATIENCE) return;
    const problem = `nothing ended the sleep of the loop within ${PATIENCE} ms, although inFlight() is above 0`;
    throw new LawBrokenError(`${problem}. ${adviceFor(this.endedBy)}`);
  }
}

/** What to look at if waits do not end. */
export function adviceFor(endedBy: EndedBy): string {
  return ADVICE[endedBy];
}

const ADVICE: Readonly<Record<EndedBy, string>> = {
  loop: 'If the host or another thread settles it, set needsHost or override beforeSleep().',
  host: 'Is the callback of the host called, and does it settle every waiter that is armed?',
  thread:
    'In the other thread: publish first, then request the wakeup; request it once as soon as the memory of beforeSleep() has come, because an event may have come before. In poll(): settle every waiter whose event was published.',
};
