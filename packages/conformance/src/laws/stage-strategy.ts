import { type Instant, SleepStrategy, type Waits, type Wakeup } from '@escapement/core';
import { LawBrokenError } from './errors.js';
import { hostTurn } from './host.js';
import type { KitClock } from './kit-clock.js';
import { PATIENCE, Patience, TICK } from './patience.js';

/** How a handler's waits end, which its `needsHost` and `beforeSleep` tell. */
export type EndedBy =
  /** A task of the loop, or the clock. */
  | 'loop'
  /** The host's own loop. */
  | 'host'
  /** Another thread, or a descriptor. */
  | 'thread';

/** How the kit lets time pass under a handler: it jumps in virtual time, or waits for the host or another thread. */
export class StageStrategy extends SleepStrategy {
  override readonly alias = 'conformance';
  override readonly waits: Waits;
  /** Called before each sleep; may return another end of it. */
  onSleep: (until: Instant, wakeup: Wakeup) => Instant | undefined = () => undefined;
  /** Of the sleeps without an end, one after the other. */
  #patience: Patience | undefined;

  /** @param isAsync lets the host run even if the handler needs no host */
  constructor(
    override readonly clock: KitClock,
    private readonly endedBy: EndedBy,
    private readonly isAsync: boolean,
  ) {
    super();
    this.waits = endedBy === 'host' || isAsync ? 'yields' : 'blocks';
  }

  override sleep(deadline: Instant, wakeup: Wakeup): void | Promise<void> {
    const until = this.onSleep(deadline, wakeup) ?? deadline;
    if (this.endedBy === 'loop') return this.#jump(until);
    const patience = this.#patience ?? new Patience();
    this.#patience = until === Infinity ? patience : undefined;
    if (this.waits === 'yields') return this.#letHostRun(until, wakeup, patience);
    while (!wakeup.requested && this.clock.now() < until) {
      Atomics.wait(wakeup.word, 0, 0, Math.min(until - this.clock.now(), TICK));
      this.#check(patience, wakeup);
    }
  }

  #jump(until: Instant): void | Promise<void> {
    if (until !== Infinity) this.clock.moveTo(until);
    return this.isAsync ? hostTurn() : undefined;
  }

  async #letHostRun(until: Instant, wakeup: Wakeup, patience: Patience): Promise<void> {
    do {
      await hostTurn();
      this.#check(patience, wakeup);
    } while (!wakeup.requested && this.clock.now() < until);
  }

  #check(patience: Patience, wakeup: Wakeup): void {
    if (wakeup.requested || !patience.isOver) return;
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
