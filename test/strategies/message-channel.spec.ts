import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { EventLoop, MessageChannelStrategy, PerformanceClock, SleepHandler, sleep, Wakeup } from 'escapement';
import { without } from './without.js';

describe('the strategy message-channel', () => {
  it('is never early, and shorter than the shortest timer of the host', async () => {
    const strategy = new MessageChannelStrategy(new PerformanceClock());
    const { clock } = strategy;
    const late: number[] = [];
    await new EventLoop({ strategy, handlers: [new SleepHandler(clock)] }).run(function* () {
      for (const duration of [0.01, 0.1, 0.3, 0.5, 1, 2, 5, 5.9, 6, 6.1, 7.5, 9, 12]) {
        const due = clock.now() + duration;
        yield* sleep(duration);
        late.push(clock.now() - due);
      }
    });
    late.sort((a, b) => a - b);
    expect(late[0]).to.be.at.least(0);
    // Not the median: on a busy machine most sleeps are late, whatever the strategy does.
    expect(late[2]).to.be.below(0.5);
  });

  it('uses a timer until shortly before the deadline, and messages only for short sleeps', async () => {
    const timers: number[] = [];
    // Not the timers of what an earlier test left behind.
    const sleeping = new AsyncLocalStorage<true>();
    const { setTimeout: original } = globalThis;
    globalThis.setTimeout = ((callback: () => void, delay: number) => {
      if (sleeping.getStore()) timers.push(delay);
      return original(callback, delay);
    }) as typeof setTimeout;
    try {
      const strategy = new MessageChannelStrategy(new PerformanceClock());
      const sleep = (duration: number) =>
        sleeping.run(true, () => strategy.sleep(strategy.clock.now() + duration, new Wakeup()));
      await sleep(5.9);
      expect(timers).to.deep.equal([]);
      await sleep(20.5);
      expect(timers[0]).to.be.within(10, 18);
      strategy.close();
    } finally {
      globalThis.setTimeout = original;
    }
  });

  it('sleeps longer than the limit of setTimeout, and wakes up at once', async () => {
    const strategy = new MessageChannelStrategy(new PerformanceClock());
    const wakeup = new Wakeup();
    const start = performance.now();
    setTimeout(() => wakeup.request(), 20);
    await strategy.sleep(strategy.clock.now() + 2 ** 40, wakeup);
    expect(performance.now() - start).to.be.within(15, 1000);
  });

  it('returns although its clock stands still', async () => {
    const strategy = new MessageChannelStrategy({ now: () => 5 });
    await strategy.sleep(6, new Wakeup());
    strategy.close();
  });

  it('lets the process end after the run, and not before', () => {
    const program = `
      import { createLoop, messageChannelModule, sleep, sleepModule } from ${JSON.stringify(import.meta.resolve('escapement'))};
      const loop = createLoop(messageChannelModule, sleepModule);
      for (let run = 0; run < 2; run++) {
        await loop.run(sleep(8));
        console.log('slept');
      }`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect([stdout + stderr, status]).to.deep.equal(['slept\nslept\n', 0]);
  });

  it('says what to use on a host without MessageChannel', () => {
    const make = () => new MessageChannelStrategy(new PerformanceClock());
    expect(() => without('MessageChannel', make)).to.throw(/found no MessageChannel, .*SetTimeoutStrategy/);
  });
});
