import { epollModule } from '@escapement/io';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  atomicsWaitModule,
  BusyWaitStrategy,
  busyWaitModule,
  ControllableStrategy,
  createLoop,
  every,
  hybrid,
  hybridModule,
  type LoopModule,
  messageChannelModule,
  now,
  PerformanceClock,
  pause,
  phased,
  phasedModule,
  preciseTimeoutModule,
  SetTimeoutStrategy,
  type SleepStrategy,
  setImmediateModule,
  setTimeoutModule,
  sleep,
  sleepModule,
  sleepUntil,
  spawn,
  strategyModule,
} from 'escapement';

/** Uses every feature of the loop. Its log does not depend on time, so a machine that halts for a while does not change it. */
function* program(log: string[]) {
  const start = yield* now();
  const at = (ms: number) => sleepUntil(start + ms);
  function* late(ms: number, name: string) {
    yield* at(ms);
    log.push(name);
    return name;
  }
  const first = yield* spawn(late(5, 'first'));
  const second = yield* spawn(late(10, 'second'));
  const cancelled = yield* spawn(late(10_000, 'never'));
  log.push('spawned');
  yield* pause();
  // After both are over: on a slow machine both wake in the same turn, still in the order of their instants.
  yield* second.join();
  log.push(`joined ${yield* first.join()}`);
  cancelled.cancel();
  const ticks = every(5);
  yield* ticks;
  log.push(`tick ${(yield* ticks).index >= 2}`);
  try {
    const failing = yield* spawn(
      (function* () {
        yield* sleep(1);
        throw new Error('from a child');
      })(),
    );
    yield* failing.join();
  } catch (error) {
    log.push((error as Error).message);
    throw error;
  }
}

const expected = ['spawned', 'first', 'second', 'joined first', 'tick true', 'from a child'];

const strategies: Readonly<Record<string, LoopModule>> = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  'set-immediate': setImmediateModule,
  'message-channel': messageChannelModule,
  phased: phasedModule,
  'phased-set-timeout': phased({ coarse: setTimeoutModule }),
  controllable: strategyModule(() => switchable()),
  epoll: epollModule,
  hybrid: hybridModule,
  'hybrid over set-timeout': hybrid({ coarse: setTimeoutModule }),
  'hybrid over epoll': hybrid({ coarse: epollModule }),
  'hybrid over hybrid': hybrid({ coarse: hybridModule, slack: 1 }),
  'precise-timeout': preciseTimeoutModule,
};

/** Switches to another strategy every millisecond. */
function switchable(): SleepStrategy {
  const clock = new PerformanceClock();
  const strategies = [AtomicsWaitStrategy, BusyWaitStrategy, SetTimeoutStrategy].map(Strategy => new Strategy(clock));
  const strategy = new ControllableStrategy(strategies);
  const names = strategies.map(({ alias }) => alias);
  let uses = 0;
  setInterval(() => strategy.use(names[uses++ % names.length]!), 1).unref();
  return strategy;
}

describe('the same program', () => {
  for (const [alias, module] of Object.entries(strategies)) {
    it(`does the same under ${alias}`, async () => {
      const log: string[] = [];
      const error = await createLoop(module, sleepModule)
        .run(() => program(log))
        .catch(thrown => thrown);
      expect(error).to.have.property('message', 'from a child');
      expect(log).to.deep.equal(expected);
    });
  }
});
