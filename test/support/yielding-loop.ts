import { type EventHandler, EventLoop, type Instant, SleepHandler, SleepStrategy, type Wakeup } from 'escapement';
import { VirtualClock } from './virtual-loop.js';

/** Lets the host run for one turn, then jumps: tests of host code take no time. */
export class YieldingStrategy extends SleepStrategy {
  override readonly alias = 'yielding';
  override readonly waits = 'yields';
  override readonly clock = new VirtualClock();

  override async sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    if (!wakeup.requested && until !== Infinity) this.clock.time = Math.max(this.clock.time, until);
  }
}

/** A loop that lets the host run, in virtual time, with `sleep` and the given handlers. */
export function yieldingLoop<H extends EventHandler = never>(...handlers: H[]) {
  const strategy = new YieldingStrategy();
  const { clock } = strategy;
  return { loop: new EventLoop({ strategy, handlers: [new SleepHandler(clock), ...handlers] }), clock, strategy };
}
