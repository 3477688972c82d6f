import { seededRandom } from '@escapement/lab/internal';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  atomicsWait,
  BusyWaitStrategy,
  createLoop,
  EventLoop,
  type HybridOptions,
  HybridStrategy,
  hybrid,
  type Instant,
  InvalidArgumentError,
  LoopModule,
  now,
  PerformanceClock,
  SleepHandler,
  SleepStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  strategyModule,
  Wakeup,
  wrapperModule,
} from 'escapement';
import fc from 'fast-check';
import { SimulatedClock, SimulatedNaps, tick } from './simulated-naps.js';

const random = seededRandom(11);

/** About as a quiet machine: 85 us, and some later. */
const quiet = () => 0.08 + 0.01 * random() + (random() < 0.05 ? 0.1 * random() : 0);
/** As beside more busy threads than cores: many naps end whole time slices late. */
const busy = () => (random() < 0.6 ? 0.1 + 0.2 * random() : 1 + 6 * random());

function simulated(overshoot: () => number, options: HybridOptions = {}) {
  const naps = new SimulatedNaps(new SimulatedClock(), overshoot);
  const strategy = new HybridStrategy(naps, options);
  return { naps, clock: naps.clock, strategy, tick: tick.bind(undefined, strategy, naps) };
}

/** As a loop calls it. */
function sleepFully({ strategy, clock }: ReturnType<typeof simulated>, until: Instant, wakeup: Wakeup): void {
  while (clock.now() < until && !wakeup.requested) strategy.sleep(until, wakeup);
}

/** What was learnt of the length of sleep that there was most of. */
function mostOf({ strategy }: { readonly strategy: HybridStrategy }) {
  return [...strategy.report().buckets].sort((a, b) => b.sleeps - a.sleeps)[0]!;
}

describe('hybrid: in simulated time', () => {
  it('spins the last stretch of each sleep: exact where naps are 0.1 ms late, for a few per cent of the time', () => {
    const hybrid = simulated(quiet);
    const { quantile, spun, earliest } = hybrid.tick(1, 5000);
    expect(quantile(0.5)).to.be.below(0.001);
    expect(quantile(0.9)).to.be.below(0.001);
    expect(earliest).to.be.at.least(0);
    expect(spun).to.be.below(0.04);
  });

  it('learns each length of sleep for itself', () => {
    const hybrid = simulated(quiet);
    hybrid.tick(16, 100);
    hybrid.naps.overshoot = () => 0.01;
    hybrid.tick(1, 100);
    const margins = new Map(hybrid.strategy.report().buckets.map(({ duration, margin }) => [duration, margin]));
    expect(margins.get(1)).to.be.closeTo(0.013, 1e-3);
    expect(margins.get(16)).to.be.above(0.08);
  });

  it('spins all of a sleep that is too short for a nap', () => {
    const hybrid = simulated(quiet);
    hybrid.tick(0.05, 15);
    expect(hybrid.naps.naps).to.equal(0);
    // Now and then it tries a nap: that is too late, and so it tries less and less often.
    const { quantile } = hybrid.tick(0.05, 10_000);
    expect(hybrid.naps.naps).to.be.within(5, 20);
    expect(quantile(0.99)).to.be.below(0.001);
  });

  it('does not spiral under load: the margin has a bound, and so has what it spins', () => {
    const hybrid = simulated(busy);
    const { spun } = hybrid.tick(1, 5000);
    expect(mostOf(hybrid).margin).to.be.at.most(0.4);
    expect(spun).to.be.below(0.25);
  });

  it('does not spend the longest spin on most naps because a third of them is late by whole time slices', () => {
    const hybrid = simulated(() => (random() < 0.65 ? 0.12 + 0.02 * random() : 1 + 10 * random()));
    hybrid.tick(20, 1000);
    const { spun, shareWithin } = hybrid.tick(20, 5000);
    expect(20 * spun, 'ms a sleep').to.be.below(0.05);
    expect(shareWithin(0.02)).to.be.above(0.5);
  });

  it('does not spiral if the naps of a thread end the later, the more it spins', () => {
    const hybrid = simulated(quiet);
    let spun = 0;
    hybrid.naps.overshoot = () => quiet() * (1 + 20 * spun);
    for (let second = 0; second < 20; second++) {
      spun = hybrid.tick(1, 1000).spun;
      expect(spun, `second ${second}`).to.be.below(0.4);
      expect(mostOf(hybrid).margin).to.be.at.most(0.4);
    }
  });

  for (const period of [0.25, 0.5, 1, 10]) {
    it(`is exact again, and spins as little as before, when the load is over: sleeps of ${period} ms`, () => {
      const hybrid = simulated(quiet);
      hybrid.tick(period, 2000);
      const before = hybrid.tick(period, 2000);
      hybrid.naps.overshoot = busy;
      hybrid.tick(period, 500);
      hybrid.naps.overshoot = quiet;
      hybrid.tick(period, 2000);
      const after = hybrid.tick(period, 2000);
      expect(after.quantile(0.9)).to.be.below(0.001);
      expect(after.spun).to.be.below(1.3 * before.spun + 0.01);
    });
  }

  it('never spins more of the time than `cpu` allows, whatever naps and sleeps are like', () => {
    const naps = fc.array(fc.oneof(fc.double({ min: 0, max: 0.3, noNaN: true }), fc.constantFrom(0, 0.1, 4)), {
      minLength: 1,
      maxLength: 20,
    });
    const periods = fc.array(fc.constantFrom(0.05, 0.2, 0.9, 1, 10), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(naps, periods, fc.constantFrom(0.002, 0.01, 0.05, 0.3), (overshoots, periods, cpu) => {
        let nap = 0;
        const hybrid = simulated(() => overshoots[nap++ % overshoots.length]!, { objective: { cpu } });
        let spun = 0;
        let elapsed = 0;
        for (const period of periods) {
          const ticks = hybrid.tick(period, 100);
          spun += ticks.spun * ticks.elapsed;
          elapsed += ticks.elapsed;
        }
        // What is saved up, owed, and spun on top of that once at most, 0.4 ms each; and the readings of the clock.
        expect(spun).to.be.at.most(cpu * elapsed + 1.2 + 0.0005 * 100 * periods.length);
      }),
      { numRuns: 200 },
    );
  });

  it('is as exact as the `cpu` that it may use', () => {
    const within = (cpu: number) => {
      const hybrid = simulated(quiet, { objective: { cpu } });
      hybrid.tick(1, 1000);
      return hybrid.tick(1, 5000);
    };
    expect(within(0.05).shareWithin(0.005)).to.be.above(0.9);
    expect(within(0.01).shareWithin(0.005)).to.be.within(0.3, 0.98);
    expect(within(0.0005).shareWithin(0.015)).to.be.above(0.4);
    expect(within(0.01).spun).to.be.below(0.0115);
  });

  it('goes by the objective: so late, in so many of the sleeps, and spins no more than that takes', () => {
    for (const [lateness, quantile] of [
      [0.005, 0.5],
      [0.005, 0.9],
      [0.02, 0.9],
      [0.05, 0.95],
    ] as const) {
      const hybrid = simulated(quiet, { objective: { lateness, quantile } });
      hybrid.tick(1, 200);
      const { shareWithin } = hybrid.tick(1, 5000);
      expect(shareWithin(lateness), `${lateness} ms`).to.be.within(quantile - 0.05, quantile + 0.3);
      expect(mostOf(hybrid).punctual).to.be.closeTo(shareWithin(lateness), 0.02);
    }
    const loose = simulated(quiet, { objective: { lateness: 0.005, quantile: 0.5 } }).tick(1, 2000);
    expect(loose.spun).to.be.below(0.7 * simulated(quiet).tick(1, 2000).spun);
  });

  it('does not spin at all where naps alone meet the objective', () => {
    const hybrid = simulated(() => 0.08, { objective: { lateness: 0.1, quantile: 1 } });
    hybrid.tick(1, 100);
    expect(hybrid.tick(1, 1000).spun).to.be.below(0.001);
    expect(mostOf(hybrid)).to.include({ margin: 0, punctual: 1 });
  });

  it('sleeps for years', () => {
    const hybrid = simulated(quiet);
    const wakeup = new Wakeup();
    for (const duration of [3e11, 1e15]) {
      const until = hybrid.clock.instant + duration;
      sleepFully(hybrid, until, wakeup);
      expect(hybrid.clock.instant).to.be.within(until, until + 0.5);
    }
    sleepFully(hybrid, Infinity, wakeup);
    expect(hybrid.clock.instant).to.equal(Infinity);
  });
});

describe('hybrid: what ends a sleep', () => {
  it('a request while it naps; it learns nothing from that', () => {
    const hybrid = simulated(quiet);
    const wakeup = new Wakeup();
    hybrid.naps.sleep = () => {
      hybrid.clock.instant += 0.3;
      wakeup.request();
    };
    hybrid.strategy.sleep(5, wakeup);
    expect(hybrid.clock.instant).to.be.closeTo(0.3, 0.001);
    expect(hybrid.strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([0]);
  });

  it('a request while it spins', () => {
    const hybrid = simulated(() => 0.08);
    const wakeup = new Wakeup();
    hybrid.clock.whenRead = instant => instant > 0.95 && wakeup.request();
    sleepFully(hybrid, 1, wakeup);
    expect(hybrid.clock.instant).to.be.closeTo(0.95, 0.001);
  });

  it('the end of the nap, for a turn of the loop: it learns from that, and spins in the next calls, with no second nap', () => {
    const hybrid = simulated(() => 0.1);
    const wakeup = new Wakeup();
    hybrid.strategy.sleep(1, wakeup);
    expect(hybrid.clock.instant).to.be.closeTo(0.95, 0.001);
    expect(hybrid.strategy.report().buckets.map(({ naps, sleeps }) => [naps, sleeps])).to.deep.equal([[1, 0]]);
    hybrid.strategy.sleep(1, wakeup);
    expect(hybrid.clock.instant, 'a part, and the loop polls again').to.be.closeTo(0.96, 0.001);
    sleepFully(hybrid, 1, wakeup);
    expect(hybrid.clock.instant).to.be.within(1, 1.001);
    expect(hybrid.naps.naps).to.equal(1);
    expect(hybrid.strategy.report().buckets.map(({ naps, sleeps }) => [naps, sleeps])).to.deep.equal([[1, 1]]);
  });

  it('a request before it: neither nap nor spin', () => {
    const hybrid = simulated(quiet);
    const wakeup = new Wakeup();
    wakeup.request();
    hybrid.naps.sleep = () => {};
    hybrid.strategy.sleep(1, wakeup);
    hybrid.strategy.sleep(0.05, wakeup);
    expect(hybrid.clock.reads).to.be.below(10);
  });

  it('a nap that is over early, for a reason that the coarse strategy knows; it learns nothing from that', () => {
    const hybrid = simulated(quiet);
    hybrid.naps.sleep = () => {
      hybrid.clock.instant += 0.2;
    };
    hybrid.strategy.sleep(5, new Wakeup());
    expect(hybrid.clock.instant).to.be.closeTo(0.2, 0.001);
    expect(hybrid.strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([0]);
  });

  it('a nap that is over much too late', () => {
    const hybrid = simulated(() => 50);
    hybrid.strategy.sleep(5, new Wakeup());
    expect(hybrid.clock.instant).to.be.closeTo(55, 0.2);
    expect(hybrid.strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([1]);
  });

  it('a clock that stands still: then it returns, also where it spins at once', () => {
    for (const until of [0.05, 1]) {
      const hybrid = simulated(quiet);
      hybrid.naps.overshoot = () => {
        hybrid.clock.step = 0;
        return 0;
      };
      if (until < 0.1) hybrid.clock.step = 0;
      for (let n = 0; n < 2; n++) hybrid.strategy.sleep(until, new Wakeup());
      expect(hybrid.clock.reads).to.be.below(2100);
      expect(hybrid.clock.instant).to.be.below(until);
    }
  });

  it('an error of the coarse strategy, thrown or rejected; it learns nothing from that', async () => {
    const hybrid = simulated(quiet);
    hybrid.naps.sleep = () => {
      throw new Error('out of order');
    };
    expect(() => hybrid.strategy.sleep(1, new Wakeup())).to.throw('out of order');
    hybrid.naps.waits = 'yields';
    hybrid.naps.sleep = () => Promise.reject(new Error('out of order, too'));
    const error = await Promise.resolve(hybrid.strategy.sleep(1, new Wakeup())).catch(error => error);
    expect(error).to.have.property('message', 'out of order, too');
    expect(hybrid.strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([0]);
  });
});

describe('hybrid: over a strategy that yields', () => {
  function yielding() {
    const hybrid = simulated(quiet);
    hybrid.naps.waits = 'yields';
    let end = () => {};
    hybrid.naps.sleep = () =>
      new Promise<void>(resolve => {
        end = resolve;
      });
    const wakeup = new Wakeup();
    return { ...hybrid, wakeup, end: () => end() };
  }

  it('naps in a promise, and spins in the calls after that', async () => {
    const { strategy, wakeup, clock, end } = yielding();
    const sleeping = strategy.sleep(1, wakeup);
    expect(sleeping).to.be.a('promise');
    expect(clock.instant).to.be.below(0.001);
    clock.instant = 0.92;
    end();
    await sleeping;
    expect(clock.instant).to.be.below(0.93);
    while (clock.now() < 1) expect(strategy.sleep(1, wakeup)).to.equal(undefined);
    expect(clock.instant).to.be.within(1, 1.001);
    expect(strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([1]);
  });

  it('does not spin after a request', async () => {
    const { strategy, wakeup, clock, end } = yielding();
    const sleeping = strategy.sleep(1, wakeup);
    clock.instant = 0.92;
    wakeup.request();
    end();
    await sleeping;
    expect(clock.instant).to.be.below(0.93);
    expect(strategy.report().buckets.map(({ naps }) => naps)).to.deep.equal([0]);
  });

  it('lets the host run when the deadline has passed', () => {
    const { strategy, wakeup } = yielding();
    expect(strategy.sleep(-1, wakeup)).to.be.a('promise');
  });
});

describe('hybrid: as a wrapper', () => {
  it('has the clock, the way to wait and the sleepsIn of what it wraps, also when they change, and closes it', () => {
    const { strategy, naps, clock } = simulated(quiet);
    expect(strategy.clock).to.equal(clock);
    expect(strategy.waits).to.equal('blocks');
    naps.waits = 'yields';
    expect(strategy.waits).to.equal('yields');
    expect(strategy.sleepsIn).to.equal(undefined);
    const selector = {};
    Object.defineProperty(naps, 'sleepsIn', { value: selector });
    expect(strategy.sleepsIn).to.equal(selector);
    strategy.close();
    expect(naps.isClosed).to.equal(true);
  });

  it('passes on all sleeps to one that spins or jumps, and says so', () => {
    for (const waits of ['spins', 'jumps'] as const) {
      const { strategy, naps, clock } = simulated(quiet);
      naps.waits = waits;
      const asked: Instant[] = [];
      naps.sleep = until => void asked.push(until);
      const reads = clock.reads;
      for (const until of [0.05, 1, 1e9]) strategy.sleep(until, new Wakeup());
      expect(asked).to.deep.equal([0.05, 1, 1e9]);
      expect(clock.reads - reads).to.be.below(10);
      expect(strategy.report().summary).to.deep.equal([`'naps' ${waits}: it gets all sleeps unchanged`]);
    }
  });

  it('passes on what it got instead of a promise, so that the loop can say what is wrong', () => {
    const { strategy, naps } = simulated(quiet);
    naps.sleep = () => 'ok' as never;
    expect(strategy.sleep(1, new Wakeup())).to.equal('ok');
  });

  it('is named after what it wraps', () => {
    const clock = new PerformanceClock();
    const aliasOf = (coarse: SleepStrategy, options?: HybridOptions) => new HybridStrategy(coarse, options).alias;
    expect(aliasOf(new AtomicsWaitStrategy(clock))).to.equal('hybrid');
    expect(aliasOf(new AtomicsWaitStrategy(clock), { slack: 1 })).to.equal('hybrid-slack-1');
    expect(aliasOf(new AtomicsWaitStrategy(clock, { slack: 5 }))).to.equal('hybrid-atomics-wait-slack-5');
    expect(aliasOf(new BusyWaitStrategy(clock))).to.equal('hybrid-busy-wait');
    expect(aliasOf(new HybridStrategy(new BusyWaitStrategy(clock)))).to.equal('hybrid-hybrid-busy-wait');
  });

  it('refuses what is no strategy, and options that it cannot use', () => {
    const naps = new SimulatedNaps(new SimulatedClock(), quiet);
    expect(() => new HybridStrategy({ sleep() {} } as never)).to.throw(InvalidArgumentError, /expected a strategy/);
    expect(() => new HybridStrategy(undefined as never)).to.throw(InvalidArgumentError, /expected a strategy/);
    const wrong: readonly [unknown, RegExp][] = [
      [5, /got 5, expected an object of options/],
      [null, /got null, expected an object of options/],
      [{ slack: 0 }, /got 0 for `slack`, expected a whole number of nanoseconds/],
      [{ objective: 'exact' }, /got "exact", expected an objective/],
      [{ objective: { lateness: -1 } }, /got -1 for `objective.lateness`, expected milliseconds, 0 or more/],
      [{ objective: { lateness: Infinity } }, /`objective.lateness`/],
      [{ objective: { quantile: 95 } }, /got 95 for `objective.quantile`, expected a share of the sleeps/],
      [{ objective: { quantile: 0 } }, /`objective.quantile`/],
      [{ objective: { cpu: 0 } }, /got 0 for `objective.cpu`, expected a share of the time/],
      [{ objective: { cpu: NaN } }, /`objective.cpu`/],
      [{ longestSpin: 0 }, /got 0 for `longestSpin`, expected milliseconds above 0/],
      [{ longestSpin: '1' }, /`longestSpin`/],
    ];
    for (const [options, message] of wrong) {
      expect(() => new HybridStrategy(naps, options as never)).to.throw(InvalidArgumentError, message);
      expect(() => hybrid(options as never)).to.throw(InvalidArgumentError, message);
    }
  });
});

describe('hybrid: report', () => {
  it('has what was learnt, as lines and as plain data', () => {
    const hybrid = simulated(() => 0.1);
    hybrid.tick(1, 1000);
    const report = hybrid.strategy.report();
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    expect(report).to.include({ coarse: 'naps' });
    const bucket = mostOf(hybrid);
    expect(bucket).to.include({ duration: 1 });
    expect(bucket.sleeps).to.be.within(990, 1000);
    expect(bucket.overshoots.map(each => each.toFixed(3))).to.deep.equal(['0.100', '0.100', '0.100', '0.100']);
    expect(bucket.margin).to.be.closeTo(0.103, 0.001);
    expect(bucket).not.to.have.property('problem');
    expect(report.summary).to.include(
      `sleeps of about 1 ms: naps 100 us to 100 us late, margin 103 us, ${Number((100 * bucket.spun).toFixed(1))} % spun`,
    );
  });

  it('is empty before the first sleep', () => {
    expect(simulated(quiet).strategy.report()).to.deep.equal({
      summary: [],
      coarse: 'naps',
      objective: {},
      buckets: [],
    });
  });

  it('says which goal cannot be met, and why: naps later than the longest spin', () => {
    const hybrid = simulated(() => 1 + random());
    hybrid.tick(16, 200);
    expect(mostOf(hybrid).problem).to.match(
      /^cannot be exact: that takes a margin of \d+ us, and `longestSpin` is 400 us$/,
    );
    expect(hybrid.strategy.report().summary.at(-1)).to.match(/^sleeps of about 16 ms: cannot be exact/);
  });

  it('... or that takes more of the CPU than allowed', () => {
    const hybrid = simulated(() => 0.2 * random(), { objective: { lateness: 0.01, cpu: 0.01 } });
    hybrid.tick(1, 500);
    expect(mostOf(hybrid).problem).to.match(
      /^cannot be at most 10 us late in 95 %: that takes a spin of \d+ us each, and `cpu` allows 10 us$/,
    );
  });

  it('... or that it was not met all the same', () => {
    // All naps are more than it can know from the latest.
    const hybrid = simulated(quiet, { objective: { lateness: 0.001, quantile: 1 } });
    hybrid.tick(1, 2000);
    expect(mostOf(hybrid).punctual).to.be.within(0.95, 0.999);
    expect(mostOf(hybrid).problem).to.match(
      /^were not at most 1.0 us late in 100 %, but \d+(\.\d)? %: the spin is interrupted/,
    );
  });

  it('has the report of what it wraps', () => {
    const inner = simulated(quiet);
    const outer = new HybridStrategy(inner.strategy);
    tick(outer, inner.naps, 1, 100);
    const report = outer.report();
    expect(report.coarseReport).to.deep.equal(inner.strategy.report());
    expect(report.summary).to.include(`hybrid-naps: ${inner.strategy.report().summary[0]}`);
    expect(new HybridStrategy(new BusyWaitStrategy(new PerformanceClock())).report()).not.to.have.property(
      'coarseReport',
    );
  });
});

describe('hybrid: as a module', () => {
  it('wraps the strategy of any module, also one that brings its own clock, and wrappers of wrappers', async () => {
    const clock = new SimulatedClock();
    const simulatedModule = strategyModule(() => new SimulatedNaps(clock, quiet));
    for (const coarse of [simulatedModule, hybrid({ coarse: simulatedModule })]) {
      let strategy: SleepStrategy | undefined;
      const outer = wrapperModule(hybrid({ coarse }), inner => {
        strategy = inner;
        return inner;
      });
      const loop = createLoop(outer, sleepModule);
      const [start, end] = await loop.run(function* () {
        const start = yield* now();
        yield* sleep(3_600_000);
        return [start, yield* now()];
      });
      expect(end! - start!).to.be.within(3_600_000, 3_600_001);
      expect(strategy).to.be.instanceOf(HybridStrategy);
      expect(strategy!.clock).to.equal(clock);
    }
  });

  it('makes a strategy for each loop', async () => {
    const strategies: SleepStrategy[] = [];
    const module = wrapperModule(hybrid({ objective: { cpu: 0.5 } }), inner => {
      strategies.push(inner);
      return inner;
    });
    for (let n = 0; n < 2; n++) createLoop(module, sleepModule);
    expect(new Set(strategies).size).to.equal(2);
  });

  it('keeps the other bindings of the module: its clock, its handlers, and their events', async () => {
    const both = new LoopModule<import('escapement').TimeEvent>(options => {
      virtualTimeModule.load(options);
      sleepModule.load(options);
    });
    const loop = createLoop(hybrid({ coarse: both }));
    await loop.run(sleep(1e12));
  });

  it('refuses what is no module, and a module without a strategy', () => {
    expect(() => hybrid({ coarse: new BusyWaitStrategy(new PerformanceClock()) as never })).to.throw(
      InvalidArgumentError,
      /expected the module of a strategy/,
    );
    expect(() => createLoop(hybrid({ coarse: sleepModule }))).to.throw(/binds no SleepStrategy/);
  });

  it('is a LoopModule, as the others', () => {
    for (const module of [hybrid(), hybrid({ coarse: setTimeoutModule }), atomicsWait({ slack: 1 })]) {
      expect(module).to.be.instanceOf(LoopModule);
    }
  });
});

describe('hybrid: in a loop', () => {
  it('is never early, and learns over runs', async () => {
    const strategy = new HybridStrategy(new AtomicsWaitStrategy(new PerformanceClock()));
    const { clock } = strategy;
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)] });
    let early = 0;
    for (let run = 0; run < 3; run++) {
      loop.runSync(function* () {
        for (let n = 0; n < 40; n++) {
          const due = clock.now() + (n % 8) / 4;
          yield* sleep((n % 8) / 4);
          if (clock.now() < due) early++;
        }
      });
    }
    expect(early).to.equal(0);
    expect(strategy.report().buckets.reduce((sum, { sleeps }) => sum + sleeps, 0)).to.be.above(60);
  });
});
