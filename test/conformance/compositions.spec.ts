import { type StrategyAdapter, strategyLaws } from '@escapement/conformance';
import { type Clock, type Instant, SleepStrategy, type Wakeup } from '@escapement/core';
import { EpollSelector, EpollStrategy } from '@escapement/io';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  ControllableStrategy,
  type HybridOptions,
  HybridStrategy,
  PhasedStrategy,
  PreciseTimeoutStrategy,
  SetImmediateStrategy,
  SetTimeoutStrategy,
} from 'escapement';
import { describe, it } from 'mocha';
import { makeReadable, openDescriptors } from '../support/descriptors.js';

/** As somebody else may write one: naps of whole milliseconds, back at the first request or at the end of any nap. */
class StrangersStrategy extends SleepStrategy {
  override readonly alias = 'whole-naps';
  override readonly waits = 'blocks';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): void {
    const rest = until - this.clock.now();
    if (rest > 0) Atomics.wait(wakeup.word, 0, 0, Math.min(Math.ceil(rest), 1000));
  }
}

/** As a plugin would write it: returns early after each half of the rest, and yields. */
class HalvingStrategy extends SleepStrategy {
  override readonly alias = 'halving';
  override readonly waits = 'yields';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    const rest = Math.min(until - this.clock.now(), 1000);
    return new Promise(resolve => {
      const awake = () => {
        clearTimeout(timer);
        unwatch();
        resolve();
      };
      const unwatch = wakeup.watch(awake);
      const timer = setTimeout(awake, wakeup.requested ? 0 : rest / 2);
    });
  }
}

const busyWait = (clock: Clock) => new BusyWaitStrategy(clock);
const atomicsWait = (clock: Clock) => new AtomicsWaitStrategy(clock);
const setTimeoutOf = (clock: Clock) => new SetTimeoutStrategy(clock);
const setImmediateOf = (clock: Clock) => new SetImmediateStrategy(clock);
const wholeNaps = (clock: Clock) => new StrangersStrategy(clock);
const halving = (clock: Clock) => new HalvingStrategy(clock);
const hybrid = (coarse: Make, options?: HybridOptions) => (clock: Clock) => new HybridStrategy(coarse(clock), options);
const preciseTimeout = (clock: Clock) => new PreciseTimeoutStrategy(clock);
const phased = (coarse: Make) => (clock: Clock) => new PhasedStrategy(coarse(clock));
/** Uses the first. */
const either =
  (...all: Make[]) =>
  (clock: Clock) =>
    new ControllableStrategy(Object.fromEntries(all.map((make, index) => [`${index}`, make(clock)])));

type Make = (clock: Clock) => SleepStrategy;

const COMPOSITIONS: Readonly<Record<string, StrategyAdapter>> = {
  'hybrid over one that yields': { strategy: hybrid(setTimeoutOf) },
  'hybrid over one that yields and is exact': { strategy: hybrid(preciseTimeout) },
  'hybrid over one that spins': { strategy: hybrid(busyWait) },
  'hybrid over one that jumps': { strategy: () => new HybridStrategy(new VirtualTimeStrategy(new VirtualClock())) },
  'hybrid over hybrid over one of a stranger': { strategy: hybrid(hybrid(wholeNaps), { objective: { cpu: 0.05 } }) },
  'phased over one that yields': { strategy: phased(setTimeoutOf) },
  'phased over one that returns early': { strategy: phased(halving) },
  'phased over phased': { strategy: phased(phased(atomicsWait)) },
  'phased over hybrid': { strategy: phased(hybrid(atomicsWait)) },
  'hybrid over phased': { strategy: hybrid(phased(atomicsWait)) },
  'phased over one that spins': { strategy: phased(busyWait) },
  'phased over a choice': { strategy: phased(either(atomicsWait, setTimeoutOf)) },
  'one that spins, for one that blocks': { strategy: either(busyWait, atomicsWait), takesCore: true },
  'one that blocks, not the one that spins': { strategy: either(atomicsWait, busyWait) },
  'one that blocks, for one that yields': { strategy: either(atomicsWait, setTimeoutOf) },
  'one that yields, not the one that takes a core': { strategy: either(halving, setImmediateOf) },
  'hybrid over a choice': { strategy: hybrid(either(atomicsWait, setTimeoutOf)) },
  // It is stopped every 4 ms, and spins before each stop: on a busy machine for more than a tenth of the time.
  'hybrid, for one that yields': { strategy: either(hybrid(atomicsWait), preciseTimeout), takesCore: true },
  'phased, for one that yields': { strategy: either(phased(atomicsWait), setTimeoutOf) },
  'only one that spins': { strategy: either(busyWait) },
};

const SELECTING: Readonly<Record<string, Make>> = {
  'hybrid over epoll': hybrid(epoll),
  'phased over epoll': phased(epoll),
  'epoll, not the one that spins': either(epoll, busyWait),
  'epoll, for one that yields': either(epoll, setTimeoutOf),
};

function epoll(clock: Clock): SleepStrategy {
  return new EpollStrategy(clock, new EpollSelector());
}

describe('conformance: strategies that wrap others', function () {
  // The laws themselves are quick; a busy machine is not.
  this.timeout(30_000);

  for (const [title, adapter] of Object.entries(COMPOSITIONS)) {
    describe(title, () => strategyLaws({ describe, it }, adapter));
  }
  for (const [title, strategy] of Object.entries(SELECTING)) {
    const makeReady = ({ sleepsIn }: SleepStrategy) => makeReadable(sleepsIn as EpollSelector);
    describe(title, () => strategyLaws({ describe, it }, { strategy, makeReady, held: openDescriptors }));
  }
});
