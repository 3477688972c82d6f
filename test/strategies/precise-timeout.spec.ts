import { AsyncLocalStorage } from 'node:async_hooks';
import { spawnSync } from 'node:child_process';
import { seededRandom } from '@escapement/lab/internal';
import { expect } from 'chai';
import { createLoop, PreciseTimeoutStrategy, preciseTimeoutModule, sleep, sleepModule, Wakeup } from 'escapement';
import { SimulatedClock } from './simulated-naps.js';

const LONGEST_TIMEOUT = 2 ** 31 - 1;
const random = seededRandom(5);

/**
 * Timers of the strategy that take no real time: each fires as late as `overshoot` says. The turns are the host's own, and
 * so are the timers of other code: what an earlier test left behind must not end the strategy's sleep.
 */
class SimulatedHost {
  readonly clock = new SimulatedClock(0.002);
  readonly strategy = new PreciseTimeoutStrategy(this.clock);
  readonly timers: number[] = [];
  cleared = 0;
  overshoot = () => 0.1 + 0.05 * random();
  /** If not, the test fires them. */
  firesTimers = true;
  fire: () => void = () => {};
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  readonly #sleeping = new AsyncLocalStorage<true>();

  install(): void {
    const set = (callback: () => void, duration: number) => {
      if (!this.#sleeping.getStore()) return this.#setTimeout(callback, duration);
      this.timers.push(duration);
      this.fire = () => {
        this.clock.instant += duration + this.overshoot();
        callback();
      };
      if (this.firesTimers) setImmediate(() => this.fire());
      return this.timers.length;
    };
    globalThis.setTimeout = set as never;
    globalThis.clearTimeout = timer => {
      if (typeof timer === 'number') this.cleared++;
      else this.#clearTimeout(timer);
    };
  }

  uninstall(): void {
    globalThis.setTimeout = this.#setTimeout;
    globalThis.clearTimeout = this.#clearTimeout;
  }

  sleep(until: number, wakeup: Wakeup): void | Promise<void> {
    return this.#sleeping.run(true, () => this.strategy.sleep(until, wakeup));
  }

  /** How late sleeps by a schedule end, sorted. */
  async tick(period: number, ticks: number): Promise<number[]> {
    const wakeup = new Wakeup();
    const start = this.clock.instant;
    const late: number[] = [];
    for (let n = 1; n <= ticks; n++) {
      const until = start + n * period;
      while (this.clock.now() < until) await this.sleep(until, wakeup);
      late.push(this.clock.instant - until);
    }
    return late.sort((a, b) => a - b);
  }
}

describe('precise-timeout: in simulated time', () => {
  let host: SimulatedHost;

  beforeEach(() => {
    host = new SimulatedHost();
    host.install();
  });

  afterEach(() => host.uninstall());

  it('sleeps by a timer of whole milliseconds, and takes turns of the host for the rest', async () => {
    const late = await host.tick(10, 60);
    expect(late[0]).to.be.at.least(0);
    // The readings of the clock are 2 us apart.
    expect(late.at(-1)).to.be.below(0.005);
    expect(host.timers.every(Number.isInteger)).to.equal(true);
    expect(new Set(host.timers.slice(20))).to.deep.equal(new Set([9]));
    const [bucket] = host.strategy.report().buckets.filter(({ duration }) => duration === 8);
    expect(bucket).to.include({ sleeps: 60, naps: 60 });
    expect(bucket!.margin).to.be.within(0.15, 0.25);
    expect(bucket!.spun).to.be.within(0.07, 0.12);
  });

  it('learns that timers are late, and asks for a shorter one', async () => {
    host.overshoot = () => 0.8 + 0.6 * random();
    await host.tick(10, 20);
    const late = await host.tick(10, 40);
    expect(late.at(-1)).to.be.below(0.005);
    expect(Math.max(...host.timers.slice(20))).to.equal(8);
  });

  it('is exact also if timers fire early, by up to a millisecond', async () => {
    host.overshoot = () => -1 + 1.1 * random();
    const late = await host.tick(10, 60);
    expect(late[0]).to.be.at.least(0);
    expect(late.at(-1)).to.be.below(0.005);
  });

  it('takes turns for all of a sleep of a millisecond, and asks for no timer of a fraction', async () => {
    const late = await host.tick(0.9, 15);
    expect(late.at(-1)).to.be.below(0.005);
    expect(host.timers).to.deep.equal([]);
  });

  it('learns how long the loop takes to call again, and leaves it that time', async () => {
    const wakeup = new Wakeup();
    const late: number[] = [];
    for (let n = 1; n <= 30; n++) {
      const until = 10 * n;
      while (host.clock.now() < until) {
        const sleeping = host.sleep(until, wakeup);
        await sleeping;
        if (sleeping !== undefined) host.clock.instant += 0.07;
      }
      late.push(host.clock.instant - until);
    }
    // At first it leaves 20 us.
    expect(late[0]).to.be.above(0.04);
    expect(Math.max(...late.slice(10))).to.be.below(0.005);
  });

  it('has a longest margin: timers that are much too late cost no more than 4 ms of turns', async () => {
    host.overshoot = () => 30;
    await host.tick(50, 30);
    const learnt = host.strategy.report().buckets.filter(({ naps }) => naps >= 8);
    expect(new Set(learnt.map(({ margin }) => margin))).to.deep.equal(new Set([4]));
    // Each timer of 20 ms fires 26 ms after the deadline, and the next sleep is so much shorter.
    expect(host.timers.at(-1)).to.equal(20);
  });

  it('sleeps for weeks by several timers of the greatest length', async () => {
    host.firesTimers = false;
    let isOver = false;
    const wakeup = new Wakeup();
    for (const until of [Infinity, 2 ** 50]) {
      isOver = false;
      const sleeping = Promise.resolve(host.sleep(until, wakeup)).then(() => {
        isOver = true;
      });
      await new Promise(resolve => setImmediate(resolve));
      expect(isOver).to.equal(false);
      expect(host.timers.at(-1)).to.equal(LONGEST_TIMEOUT);
      host.fire();
      await sleeping;
      expect(host.clock.instant).to.be.below(until);
    }
  });

  it('ends when the wakeup is requested while the timer runs, and clears that', async () => {
    host.firesTimers = false;
    const wakeup = new Wakeup();
    const sleeping = host.sleep(10, wakeup);
    wakeup.request();
    await sleeping;
    expect(host.cleared).to.equal(1);
    expect(host.clock.instant).to.be.below(0.01);
    expect(host.strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([0]);
  });

  it('ends when the wakeup is requested in a turn of the host', async () => {
    const wakeup = new Wakeup();
    const sleeping = host.sleep(0.9, wakeup);
    await new Promise(resolve => setImmediate(resolve));
    wakeup.request();
    const { reads } = host.clock;
    await sleeping;
    // The turn that was asked for by then does nothing.
    await new Promise(resolve => setImmediate(resolve));
    await new Promise(resolve => setImmediate(resolve));
    expect(host.clock.reads).to.equal(reads);
  });

  it('ends when the wakeup is requested while it spins, by another thread', async () => {
    const wakeup = new Wakeup();
    host.clock.whenRead = instant => {
      if (instant > 0.005) Atomics.store(wakeup.word, 0, 1);
    };
    while (host.clock.now() < 0.009 && !wakeup.requested) await host.sleep(0.009, wakeup);
    expect(host.clock.instant).to.be.within(0.005, 0.008);
  });

  it('returns if the clock stands still', async () => {
    host.clock.step = 0;
    await host.sleep(0.009, new Wakeup());
    await host.sleep(0.9, new Wakeup());
    expect(host.clock.instant).to.equal(0);
  });

  it('reports what it has learnt as plain data', async () => {
    await host.tick(10, 20);
    const report = host.strategy.report();
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    expect(report.summary[0]).to.match(
      /^sleeps of about 8 ms: naps \d+ us to \d+ us late, margin \d+ us, [\d.]+ % in turns$/,
    );
    expect(report.summary.at(-1)).to.match(/^a turn of the host takes about [\d.]+ us$/);
    expect(report.turn).to.be.above(0);
    expect(new PreciseTimeoutStrategy(host.clock).report()).to.deep.equal({ summary: [], buckets: [], turn: 0 });
  });
});

describe('precise-timeout', () => {
  it('lets the host run while it waits for the last stretch: timers, promises, turns', async () => {
    const loop = createLoop(preciseTimeoutModule, sleepModule);
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    // All of them are turns, and none of them a timer.
    await loop.run(function* () {
      for (let n = 0; n < 20; n++) yield* sleep(0.9);
    });
    isOver = true;
    expect(turns).to.be.above(40);
  });

  it('lets the host run also in a program of sleeps that are all shorter than a turn', async () => {
    let hasHostRun = false;
    setTimeout(() => {
      hasHostRun = true;
    }, 3);
    await createLoop(preciseTimeoutModule, sleepModule).run(function* () {
      for (const end = performance.now() + 2000; !hasHostRun && performance.now() < end; ) yield* sleep(0.002);
    });
    expect(hasHostRun).to.equal(true);
  });

  it('takes turns by messages where there is no setImmediate, as in a page', () => {
    const program = `
      delete globalThis.setImmediate;
      const { createLoop, now, pause, preciseTimeoutModule, sleep, sleepModule, spawn } = await import(${JSON.stringify(import.meta.resolve('escapement'))});
      let hasHostRun = false;
      setTimeout(() => { hasHostRun = true; }, 1);
      const log = await createLoop(preciseTimeoutModule, sleepModule).run(function* () {
        const log = [];
        const start = yield* now();
        for (const ms of [0.5, 3, 0]) {
          yield* sleep(ms);
          log.push((yield* now()) - start >= ms);
        }
        for (let n = 0; n < 1e6 && !hasHostRun; n++) yield* pause();
        log.push(hasHostRun);
        return log;
      });
      console.log(log.join());
      process.exit();`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(child.stdout + child.stderr).to.equal('true,true,true,true\n');
  });
});
