import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  Clock,
  EventHandler,
  EventLoop,
  HybridStrategy,
  LoopEvent,
  PerformanceClock,
  PreciseTimeoutStrategy,
  pause,
  SetTimeoutStrategy,
  SleepHandler,
  type SleepStrategy,
  sleep,
  spawn,
  type Waiter,
  Wakeup,
} from 'escapement';

class HybridOverAtomicsWait extends HybridStrategy {
  constructor(clock: Clock) {
    super(new AtomicsWaitStrategy(clock));
  }
}

class HybridOverSetTimeout extends HybridStrategy {
  constructor(clock: Clock) {
    super(new SetTimeoutStrategy(clock));
  }
}

const strategies: readonly (new (clock: Clock) => SleepStrategy)[] = [
  BusyWaitStrategy,
  AtomicsWaitStrategy,
  SetTimeoutStrategy,
  PreciseTimeoutStrategy,
  HybridOverAtomicsWait,
  HybridOverSetTimeout,
];

/** Raised by another thread, which only the wakeup reports. */
class Raised extends LoopEvent<void> {
  readonly kind = 'raised';
}

class RaisedHandler extends EventHandler<Raised> {
  override readonly handles = Raised;
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  memory: SharedArrayBuffer | undefined;
  #waiter: Waiter<void> | undefined;

  override arm(_event: Raised, waiter: Waiter<void>): void {
    this.#waiter = waiter;
  }
  override disarm(): void {
    this.#waiter = undefined;
  }
  override poll(): void {
    if (Atomics.load(this.flag, 0) === 1) this.#waiter?.resolve();
  }
  override inFlight(): number {
    return 1;
  }
  override beforeSleep(wakeup: Wakeup): void {
    this.memory ??= this.#start(wakeup.share());
  }
  #start(memory: SharedArrayBuffer): SharedArrayBuffer {
    const source = `
      const { workerData: { memory, flag } } = require('node:worker_threads');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      Atomics.store(new Int32Array(flag), 0, 1);
      Atomics.store(new Int32Array(memory), 0, 1);
      Atomics.notify(new Int32Array(memory), 0);`;
    new Worker(source, { eval: true, workerData: { memory, flag: this.flag.buffer } }).unref();
    return memory;
  }
}

for (const Strategy of strategies) {
  const { alias } = new Strategy(new PerformanceClock());

  describe(`the strategy ${alias}`, () => {
    it('is never early', async () => {
      const strategy = new Strategy(new PerformanceClock());
      const { clock } = strategy;
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)] });
      let early = 0;
      await loop.run(function* () {
        for (let n = 0; n < 200; n++) {
          const due = clock.now() + (n % 20) / 10;
          yield* sleep((n % 20) / 10);
          if (clock.now() < due) early++;
        }
      });
      expect(early).to.equal(0);
    });

    it('returns at once for an instant that has passed', async () => {
      const strategy = new Strategy(new PerformanceClock());
      await strategy.sleep(strategy.clock.now() - 1, new Wakeup());
      await strategy.sleep(-Infinity, new Wakeup());
    });

    it('returns at once if a wakeup was requested before', async () => {
      const strategy = new Strategy(new PerformanceClock());
      const wakeup = new Wakeup();
      wakeup.request();
      await strategy.sleep(Infinity, wakeup);
    });

    it('uses its own clock: on a slow clock it does not end a sleep early', async () => {
      class Slow extends Clock {
        readonly #began = performance.now();
        override now(): number {
          return (performance.now() - this.#began) / 10;
        }
      }
      const strategy = new Strategy(new Slow());
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
      await loop.run(sleep(1));
      expect(strategy.clock.now()).to.be.at.least(1);
    });
  });
}

for (const Strategy of strategies.filter(Strategy => Strategy !== BusyWaitStrategy)) {
  it(`${new Strategy(new PerformanceClock()).alias} wakes for another thread when there is no deadline`, async () => {
    const strategy = new Strategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [new RaisedHandler()] });
    await loop.run(new Raised());
  });
}

describe('the strategy set-timeout', () => {
  it('lets the host run while tasks are always ready', async () => {
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [] });
    let stop = false;
    setTimeout(() => {
      stop = true;
    }, 5);
    await loop.run(function* () {
      while (!stop) yield* pause();
    });
    expect(stop).to.equal(true);
  });

  it('ends its sleep when a callback of the host settles a waiter', async () => {
    class Later extends LoopEvent<string> {
      readonly kind = 'later';
    }
    class LaterHandler extends EventHandler<Later> {
      override readonly handles = Later;
      override readonly needsHost = true;
      override arm(_event: Later, waiter: Waiter<string>): void {
        setTimeout(() => waiter.resolve('from the host'), 5);
      }
      override disarm(): void {}
      override inFlight(): number {
        return 1;
      }
    }
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [new LaterHandler(), new SleepHandler(strategy.clock)] });
    const result = await loop.run(function* () {
      // Without the wakeup the loop would sleep for an hour.
      const hour = yield* spawn(sleep(3_600_000));
      const value = yield* new Later();
      hour.cancel();
      return value;
    });
    expect(result).to.equal('from the host');
  });

  it('sleeps longer than the limit of setTimeout', () => {
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const wakeup = new Wakeup();
    const sleeping = strategy.sleep(strategy.clock.now() + 2 ** 40, wakeup);
    let isOver = false;
    sleeping.then(() => {
      isOver = true;
    });
    return new Promise<void>(resolve => setTimeout(resolve, 20)).then(() => {
      expect(isOver).to.equal(false);
      wakeup.request();
      return sleeping;
    });
  });

  it('keeps the process alive while the loop waits for another thread, and lets it end afterwards', () => {
    const program = `
      import { EventLoop, EventHandler, LoopEvent, PerformanceClock, SetTimeoutStrategy } from ${JSON.stringify(import.meta.resolve('escapement'))};
      import { Worker } from 'node:worker_threads';
      class Done extends LoopEvent { kind = 'done'; }
      class DoneHandler extends EventHandler {
        handles = Done;
        arm(event, waiter) { this.waiter = waiter; }
        disarm() {}
        inFlight() { return 1; }
        poll() { if (this.requested) this.waiter?.resolve('done'); this.requested = true; }
        beforeSleep(wakeup) {
          const code = 'import("node:worker_threads").then(({ workerData }) => setTimeout(() => { const word = new Int32Array(workerData); Atomics.store(word, 0, 1); Atomics.notify(word, 0); }, 50))';
          new Worker(code, { eval: true, workerData: wakeup.share() }).unref();
        }
      }
      const loop = new EventLoop({ strategy: new SetTimeoutStrategy(new PerformanceClock()), handlers: [new DoneHandler()] });
      console.log(await loop.run(new Done()));`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(child.stdout + child.stderr).to.equal('done\n');
    expect(child.status).to.equal(0);
  });
});
