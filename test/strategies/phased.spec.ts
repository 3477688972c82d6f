import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  Container,
  createLoop,
  EventHandler,
  EventLoop,
  LoopEvent,
  PerformanceClock,
  PhasedStrategy,
  phased,
  phasedModule,
  SetTimeoutStrategy,
  SleepStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  type Waiter,
  Wakeup,
} from 'escapement';
import { TickingClock, type VirtualOptions, VirtualStrategy } from './virtual-strategies.js';

/** A phased strategy over a coarse one on a virtual clock, and what a loop does with it. */
class Stage {
  readonly clock = new TickingClock();
  readonly coarse: VirtualStrategy;
  readonly strategy: PhasedStrategy;
  readonly wakeup = new Wakeup();

  constructor(options: VirtualOptions = {}, phases: { spin?: number; yield?: number } = {}) {
    this.coarse = new VirtualStrategy(this.clock, options);
    this.strategy = new PhasedStrategy(this.coarse, phases);
  }

  /** Sleeps as a loop does. @returns when the coarse strategy began to sleep; undefined if it did not */
  async sleep(duration: number): Promise<number | undefined> {
    const start = this.clock.shown;
    this.coarse.calls.length = 0;
    this.wakeup.clear();
    do await this.strategy.sleep(start + duration, this.wakeup);
    while (!this.wakeup.requested && this.clock.now() < start + duration);
    const [first] = this.coarse.calls;
    return first && first.at - start;
  }

  /** Sleeps until another thread requests the wakeup. */
  sleepUntilWoken(after: number, deadline = Infinity): Promise<number | undefined> {
    this.clock.after(after, () => this.wakeup.request());
    return this.sleep(deadline);
  }
}

describe('the strategy phased', () => {
  it('spins first, so that work which comes soon is noticed at once', async () => {
    const stage = new Stage();
    const start = stage.clock.shown;
    expect(await stage.sleepUntilWoken(0.03)).to.equal(undefined);
    expect(stage.clock.shown - start).to.be.closeTo(0.03, 0.01);
    expect(stage.strategy.report()).to.include({ spinning: 1, yielding: 0, sleeping: 0 });
  });

  it('then sleeps in the coarse strategy', async () => {
    const stage = new Stage();
    expect(await stage.sleepUntilWoken(2)).to.be.closeTo(0.05, 0.01);
    expect(stage.strategy.report()).to.include({ spinning: 0, yielding: 0, sleeping: 1 });
  });

  it('spins half as long after each sleep without work, and not at all after five', async () => {
    const stage = new Stage({}, { spin: 0.8 });
    const began: number[] = [];
    for (let n = 0; n < 7; n++) began.push((await stage.sleep(10))!);
    [0.8, 0.4, 0.2, 0.1, 0.05, 0, 0].forEach((expected, index) => {
      expect(began[index], `sleep ${index}`).to.be.closeTo(expected, 0.01);
    });
  });

  it('spins for as long as ever after work', async () => {
    const stage = new Stage({}, { spin: 0.8 });
    for (let n = 0; n < 7; n++) await stage.sleep(10);
    expect(await stage.sleepUntilWoken(5)).to.be.closeTo(0, 0.01);
    expect(await stage.sleep(10)).to.be.closeTo(0.8, 0.01);
  });

  it('reports in which phase work came, and what the coarse strategy reports', async () => {
    const stage = new Stage();
    const lines = () => stage.strategy.report().summary;
    expect(lines()).to.deep.equal(['no work came from outside of the loop, so there was nothing to spin for']);
    await stage.sleepUntilWoken(2);
    Object.assign(stage.coarse, { report: () => ({ summary: ['napped well'] }) });
    expect(lines()).to.deep.equal([
      'work came 0 times while it spun, 0 while it yielded, 1 while it slept',
      'napped well',
    ]);
  });

  it('begins anew in the next run', async () => {
    const stage = new Stage({}, { spin: 0.8 });
    for (let n = 0; n < 7; n++) await stage.sleep(10);
    stage.strategy.close();
    expect(stage.coarse.closed).to.equal(1);
    expect(await stage.sleep(10)).to.be.closeTo(0.8, 0.01);
  });

  it('does not spin again if the coarse strategy returns early', async () => {
    const stage = new Stage({ part: 0.5 }, { spin: 0.8 });
    await stage.sleep(10);
    const { calls } = stage.coarse;
    expect(calls).to.have.length.above(5);
    for (let n = 1; n < 5; n++) {
      expect(calls[n]!.at - calls[n - 1]!.at - calls[n - 1]!.duration / 2, `call ${n}`).to.be.closeTo(0, 0.01);
    }
  });

  it('gives the host turns between spinning and sleeping, if the coarse strategy yields', async () => {
    const stage = new Stage({ waits: 'yields' }, { spin: 0.01, yield: 0.5 });
    let hostTurns = 0;
    const turns = setInterval(() => hostTurns++, 0);
    expect(await stage.sleepUntilWoken(0.3)).to.equal(undefined);
    expect(await stage.sleepUntilWoken(3)).to.be.closeTo(0.51, 0.01);
    clearInterval(turns);
    expect(stage.strategy.report()).to.include({ spinning: 0, yielding: 1, sleeping: 1 });
    expect(hostTurns).to.be.at.least(1);
  });

  it('returns to the loop while it spins, if the coarse strategy sleeps in something', async () => {
    const selector = {};
    const stage = new Stage({ sleepsIn: selector, part: 0.5 }, { spin: 0.1 });
    expect(stage.strategy.sleepsIn).to.equal(selector);
    let calls = 0;
    const until = stage.clock.shown + 100;
    for (; stage.coarse.calls.length === 0; calls++) {
      const before = stage.clock.shown;
      stage.strategy.sleep(until, stage.wakeup);
      if (stage.coarse.calls.length === 0) expect(stage.clock.shown - before).to.be.closeTo(0.02, 0.005);
    }
    expect(calls).to.be.within(4, 7);
    // It ended early: so something was ready.
    expect(stage.strategy.report()).to.include({ spinning: 0, sleeping: 1 });
  });

  it('passes all sleeps on to one that spins', () => {
    const clock = new TickingClock();
    const coarse = new VirtualStrategy(clock, { waits: 'spins' });
    const strategy = new PhasedStrategy(coarse);
    strategy.sleep(clock.shown + 5, new Wakeup());
    expect(coarse.calls).to.have.lengthOf(1);
    expect(strategy.waits).to.equal('spins');
  });

  it('returns what a coarse strategy should not return, so that the loop can say so', async () => {
    const coarse = new VirtualStrategy(new TickingClock());
    coarse.sleep = () => Promise.resolve();
    const loop = new EventLoop({ strategy: new PhasedStrategy(coarse), handlers: [new FlagHandler()] });
    const error = await loop.run(new Flag()).catch(thrown => thrown);
    expect(error).to.have.property('code', 'ESC_STRATEGY_FAILED');
  });

  it('lets the host run although work never ends', async () => {
    const strategy = new PhasedStrategy(new SetTimeoutStrategy(new PerformanceClock()));
    const handler = new FlagHandler();
    const loop = new EventLoop({ strategy, handlers: [handler] });
    let isOver = false;
    setTimeout(() => {
      isOver = true;
    }, 5);
    await loop.run(function* () {
      while (!isOver) yield* new Flag();
    });
    expect(isOver).to.equal(true);
  });

  it('returns although its clock stands still', async () => {
    const clock = { now: () => 5 };
    for (const Coarse of [AtomicsWaitStrategy, SetTimeoutStrategy]) {
      const strategy = new PhasedStrategy(new Coarse(clock), { spin: 50, yield: 50 });
      await strategy.sleep(5.5, new Wakeup());
    }
  });

  it('has the name of what it wraps in its own', () => {
    const clock = new PerformanceClock();
    const phasedOver = (coarse: SleepStrategy) => new PhasedStrategy(coarse).alias;
    expect(phasedOver(new AtomicsWaitStrategy(clock))).to.equal('phased');
    expect(phasedOver(new SetTimeoutStrategy(clock))).to.equal('phased-set-timeout');
    expect(phasedOver(new PhasedStrategy(new BusyWaitStrategy(clock)))).to.equal('phased-phased-busy-wait');
  });

  it('has modules: as it is, with options, over the module of another strategy', async () => {
    const aliasOf = (module: typeof phasedModule) => {
      const container = new Container({ defaultScope: 'Singleton' });
      container.load(module);
      return container.get(SleepStrategy).alias;
    };
    expect(aliasOf(phasedModule)).to.equal('phased');
    expect(aliasOf(phased({ spin: 0.2 }))).to.equal('phased');
    expect(aliasOf(phased({ coarse: setTimeoutModule }))).to.equal('phased-set-timeout');
    expect(aliasOf(phased({ coarse: phased({ coarse: setTimeoutModule }) }))).to.equal('phased-phased-set-timeout');
    await createLoop(phased({ coarse: setTimeoutModule }), sleepModule).run(sleep(1));
  });

  it('refuses what is no strategy, and phases that are no durations', () => {
    const coarse = new AtomicsWaitStrategy(new PerformanceClock());
    expect(() => new PhasedStrategy(phasedModule as never)).to.throw(/new PhasedStrategy got .*expected a strategy/);
    expect(() => new PhasedStrategy(coarse, null as never)).to.throw(/got null, expected options/);
    for (const spin of [-1, Number.NaN, Infinity, '1' as never]) {
      expect(() => new PhasedStrategy(coarse, { spin })).to.throw(/for `spin`, expected milliseconds, 0 or more/);
      expect(() => phased({ yield: spin })).to.throw(/for `yield`, expected milliseconds, 0 or more/);
    }
  });
});

/** Always happens in the next poll, by a wakeup. */
class Flag extends LoopEvent<void> {
  readonly kind = 'flag';
}

class FlagHandler extends EventHandler<Flag> {
  override readonly handles = Flag;
  #waiter: Waiter<void> | undefined;
  #hasSlept = false;

  override arm(_event: Flag, waiter: Waiter<void>): void {
    this.#waiter = waiter;
    this.#hasSlept = false;
  }
  override disarm(): void {
    this.#waiter = undefined;
  }
  override poll(): void {
    if (this.#hasSlept) this.#waiter?.resolve();
  }
  override inFlight(): number {
    return 1;
  }
  override beforeSleep(wakeup: Wakeup): void {
    this.#hasSlept = true;
    wakeup.request();
  }
}
