import { strategyLaws } from '@escapement/conformance';
import { EpollSelector, EpollStrategy } from '@escapement/io';
import { SettlingTimeStrategy, VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  ControllableStrategy,
  HybridStrategy,
  MessageChannelStrategy,
  PhasedStrategy,
  PreciseTimeoutStrategy,
  SetImmediateStrategy,
  SetTimeoutStrategy,
} from 'escapement';
import { describe, it } from 'mocha';
import { makeReadable, openDescriptors } from '../support/descriptors.js';

const runner = { describe, it };

// Apart from the other plugins, because these really sleep.
describe('conformance: what is shipped', function () {
  // The laws themselves are quick; a busy machine is not.
  this.timeout(30_000);

  strategyLaws(runner, { strategy: clock => new BusyWaitStrategy(clock) });
  strategyLaws(runner, { strategy: clock => new AtomicsWaitStrategy(clock) });
  strategyLaws(runner, { strategy: clock => new SetTimeoutStrategy(clock) });
  strategyLaws(runner, { strategy: clock => new PreciseTimeoutStrategy(clock) });
  strategyLaws(runner, { strategy: clock => new SetImmediateStrategy(clock), takesCore: true });
  // For the last 2 ms of a sleep; in Node a message costs much more than in a page, threads of V8 included.
  strategyLaws(runner, { strategy: clock => new MessageChannelStrategy(clock), takesCore: true });
  strategyLaws(runner, { strategy: clock => new PhasedStrategy(new AtomicsWaitStrategy(clock)) });
  strategyLaws(runner, { strategy: () => new VirtualTimeStrategy(new VirtualClock()) });
  strategyLaws(runner, {
    strategy: () => new SettlingTimeStrategy(new VirtualClock(), { isHostBusy: () => true, patience: 20 }),
  });
  strategyLaws(runner, {
    strategy: clock => new EpollStrategy(clock, new EpollSelector()),
    held: openDescriptors,
    makeReady: ({ sleepsIn }) => makeReadable(sleepsIn),
  });
  strategyLaws(runner, { strategy: clock => new HybridStrategy(new AtomicsWaitStrategy(clock), { slack: 1 }) });
  strategyLaws(runner, {
    strategy: clock => new ControllableStrategy([new BusyWaitStrategy(clock), new SetTimeoutStrategy(clock)]),
    takesCore: true,
  });
});
