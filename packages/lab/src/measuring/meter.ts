import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as letHostRun } from 'node:timers/promises';
import type { Duration, Instant } from 'escapement';
import type { Disturbance } from '../results/results.js';
import type { CollectorPause } from '../why/late-wake.js';
import { readSystemCounters, type SystemCounters } from './system-counters.js';

/** What the measured work took. */
export interface Metered {
  readonly wallMs: Duration;
  readonly cpuMs: Duration;
  readonly disturbance: Disturbance;
  /** When the work began, on the clock of `performance.now()`. */
  readonly begin: Instant;
  readonly pauses: readonly CollectorPause[];
}

/** Measures what a piece of work takes of this process and what the machine does meanwhile. */
export class Meter {
  #metered: Metered | undefined;
  readonly #collections = new PerformanceObserver(() => {});

  constructor() {
    this.#collections.observe({ entryTypes: ['gc'] });
  }

  /** @throws Error if it is called a second time before `take` */
  async measure(work: () => void | Promise<void>): Promise<void> {
    if (this.#metered !== undefined) throw new Error('measured() was called twice in one round, expected one call.');
    // Some work never lets the host run: here it handles what has piled up.
    await letHostRun();
    this.#collections.takeRecords();
    const counters = readSystemCounters();
    const switches = process.resourceUsage().involuntaryContextSwitches;
    const cpu = process.cpuUsage();
    const start = performance.now();
    await work();
    const wallMs = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const involuntarySwitches = process.resourceUsage().involuntaryContextSwitches - switches;
    const after = readSystemCounters();
    // The collector's entries are handed over in a later turn of the host.
    await letHostRun();
    const pauses = this.#collections.takeRecords();
    const gcMs = pauses.reduce((sum, { duration }) => sum + duration, 0);
    const disturbance = { ...differences(counters, after), involuntarySwitches, gcMs };
    this.#metered = { wallMs, cpuMs: (user + system) / 1000, disturbance, begin: start, pauses };
  }

  /** @throws Error if nothing was measured */
  take(): Metered {
    const metered = this.#metered;
    if (metered === undefined) throw new Error('the round did not call measured(), expected one call.');
    this.#metered = undefined;
    return metered;
  }
}

function differences(before: SystemCounters, after: SystemCounters) {
  return {
    runQueueMs: difference(before.runQueue, after.runQueue),
    stealMs: difference(before.steal, after.steal),
    throttledMs: difference(before.throttled, after.throttled),
  };
}

function difference(before: Duration | null, after: Duration | null): Duration | null {
  return before === null || after === null ? null : after - before;
}
