import { type StrategyAdapter, strategyLaws } from '@escapement/conformance';
import { type Clock, SleepStrategy, type Wakeup } from '@escapement/core';
import { EpollSelector, EpollStrategy } from '@escapement/io';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  ControllableStrategy,
  HybridStrategy,
  PhasedStrategy,
  PreciseTimeoutStrategy,
  SetImmediateStrategy,
  SetTimeoutStrategy,
} from 'escapement';
import { describe, it } from 'mocha';
import { makeReadable, openDescriptors } from '../support/descriptors.js';

/** As a plugin would write it: returns early after each half of the rest, and yields. */
class HalvingStrategy extends SleepStrategy {
  override readonly alias = 'halving';
  override readonly waits = 'yields';

  constructor(override readonly clock: Clock) {
    super();
  }

  override sleep(until: number, wakeup: Wakeup): Promise<void> {
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
const halving = (clock: Clock) => new HalvingStrategy(clock);
const hybrid = (coarse: Make) => (clock: Clock) => new HybridStrategy(coarse(clock));
const preciseTimeout = (clock: Clock) => new PreciseTimeoutStrategy(clock);
const phased = (coarse: Make) => (clock: Clock) => new PhasedStrategy(coarse(clock));
/** Uses the first. */
const either =
  (...all: Make[]) =>
  (clock: Clock) =>
    new ControllableStrategy(Object.fromEntries(all.map((make, index) => [`${index}`, make(clock)])));

type Make = (clock: Clock) => SleepStrategy;

const COMPOSITIONS: Readonly<Record<string, StrategyAdapter>> = {
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
