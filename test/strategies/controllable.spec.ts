import { PromiseHandler, resolved } from '@escapement/promises';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  ControllableStrategy,
  createLoop,
  EventLoop,
  PerformanceClock,
  SetTimeoutStrategy,
  SleepHandler,
  sleep,
  sleepModule,
  strategyModule,
  Wakeup,
} from 'escapement';
import { TickingClock, VirtualStrategy } from './virtual-strategies.js';

/** A strategy of each way to wait, on one clock. */
function everyWay() {
  const clock = new PerformanceClock();
  return {
    spins: new BusyWaitStrategy(clock),
    blocks: new AtomicsWaitStrategy(clock),
    yields: new SetTimeoutStrategy(clock),
  };
}

describe('the strategy controllable', () => {
  it('begins with the first, and uses another from the next sleep on', () => {
    const clock = new TickingClock();
    const a = new VirtualStrategy(clock);
    const b = new VirtualStrategy(clock);
    const strategy = new ControllableStrategy({ a, b });
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)] });
    const used = loop.runSync(function* () {
      const names = [strategy.using];
      yield* sleep(1);
      strategy.use('b');
      yield* sleep(2);
      yield* sleep(3);
      names.push(strategy.using);
      strategy.use('a');
      yield* sleep(4);
      return names;
    });
    expect(used).to.deep.equal(['a', 'b']);
    const durations = ({ calls }: VirtualStrategy) => calls.map(({ duration }) => Math.round(duration));
    expect(durations(a)).to.deep.equal([1, 4]);
    expect(durations(b)).to.deep.equal([2, 3]);
  });

  it('ends the sleep that lasts when the host uses another', async () => {
    const { yields, blocks } = everyWay();
    const strategy = new ControllableStrategy({ yields, blocks });
    const wakeup = new Wakeup();
    setTimeout(() => strategy.use('blocks'), 5);
    await strategy.sleep(Infinity, wakeup);
    expect(wakeup.requested).to.equal(true);
    wakeup.clear();
    strategy.use('yields');
    expect(wakeup.requested, 'there was no sleep to end').to.equal(false);
  });

  it('says by `waits` what the host may expect whichever is in use', () => {
    const { spins, blocks, yields } = everyWay();
    expect(new ControllableStrategy([spins]).waits).to.equal('spins');
    expect(new ControllableStrategy([spins, blocks]).waits).to.equal('blocks');
    expect(new ControllableStrategy([spins, yields, blocks]).waits).to.equal('yields');
    const clock = new VirtualClock();
    const jumps = { a: new VirtualTimeStrategy(clock), b: new VirtualTimeStrategy(clock) };
    expect(new ControllableStrategy(jumps).waits).to.equal('jumps');
  });

  for (const name of ['spins', 'blocks', 'yields'] as const) {
    it(`lets promises settle while it uses one that ${name}, if another yields`, async () => {
      const strategy = new ControllableStrategy(everyWay());
      strategy.use(name);
      const loop = new EventLoop({ strategy, handlers: [new PromiseHandler()] });
      const timer = new Promise(resolve => setTimeout(() => resolve('fired'), 5));
      expect(await loop.run(resolved(timer))).to.equal('fired');
    });
  }

  it('keeps one that spins from looking like one that blocks and stalls', () => {
    const { spins, blocks } = everyWay();
    const strategy = new ControllableStrategy([spins, blocks]);
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    const start = performance.now();
    loop.runSync(sleep(120));
    expect(performance.now() - start).to.be.at.least(120);
  });

  it('is as exact as the one in use, also between turns of the host', async () => {
    const clock = new TickingClock();
    const yields = new VirtualStrategy(clock, { waits: 'yields', late: 1 });
    const strategy = new ControllableStrategy({ spins: new BusyWaitStrategy(clock), yields });
    const late: number[] = [];
    await new EventLoop({ strategy, handlers: [new SleepHandler(clock)] }).run(function* () {
      for (let n = 0; n < 20; n++) {
        const due = clock.shown + 2.5;
        yield* sleep(2.5);
        late.push(clock.shown - due);
      }
    });
    expect(Math.max(...late)).to.be.below(0.02);
    expect(yields.calls).to.deep.equal([]);
  });

  it('returns what a strategy should not return, so that the loop can say so', async () => {
    const { spins, blocks } = everyWay();
    spins.sleep = () => 'slept' as never;
    const strategy = new ControllableStrategy([spins, blocks]);
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    // So long that a busy machine cannot let it pass before the strategy is called.
    const error = await loop.run(sleep(60_000)).catch(thrown => thrown);
    expect(error).to.have.property('code', 'ESC_STRATEGY_FAILED');
    expect(error.message).to.include('"slept"');
  });

  it('sleeps in what the one in use sleeps in', () => {
    const clock = new TickingClock();
    const selector = {};
    const selecting = new VirtualStrategy(clock, { sleepsIn: selector });
    const strategy = new ControllableStrategy({ selecting, plain: new VirtualStrategy(clock) });
    expect(strategy.sleepsIn).to.equal(selector);
    strategy.use('plain');
    expect(strategy.sleepsIn).to.equal(undefined);
  });

  it('returns to the loop as soon as what it sleeps in is ready', () => {
    const clock = new TickingClock();
    const selecting = new VirtualStrategy(clock, { sleepsIn: {}, part: 0.1 });
    const strategy = new ControllableStrategy({ selecting, yields: new VirtualStrategy(clock, { waits: 'yields' }) });
    strategy.sleep(clock.shown + 100, new Wakeup());
    expect(selecting.calls).to.have.lengthOf(1);
  });

  it('closes all of them, and goes on in a later run with the one that was used last', async () => {
    const clock = new TickingClock();
    const a = new VirtualStrategy(clock);
    const b = new VirtualStrategy(clock);
    const strategy = new ControllableStrategy({ a, b });
    const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)] });
    strategy.use('b');
    loop.runSync(sleep(1));
    loop.runSync(sleep(1));
    expect([a.closed, b.closed]).to.deep.equal([2, 2]);
    expect([a.calls.length, b.calls.length]).to.deep.equal([0, 2]);
  });

  it('is wired like any strategy that is made outside', async () => {
    const strategy = new ControllableStrategy(everyWay());
    await createLoop(
      strategyModule(() => strategy),
      sleepModule,
    ).run(function* () {
      strategy.use('spins');
      yield* sleep(0.1);
    });
    expect(strategy.using).to.equal('spins');
  });

  it('knows its names when it is compiled', () => {
    const strategy = new ControllableStrategy(everyWay());
    const name: 'spins' | 'blocks' | 'yields' = strategy.using;
    expect(name).to.equal('spins');
    // @ts-expect-error: no strategy has that name
    expect(() => strategy.use('hops')).to.throw('got "hops", expected one of spins, blocks, yields.');
    // In a list their names are only known when it runs.
    new ControllableStrategy([everyWay().spins]).use('busy-wait');
  });

  it('refuses what cannot be used by turns', () => {
    const { spins, blocks } = everyWay();
    const make = (given: unknown) => () => new ControllableStrategy(given as never);
    expect(make(undefined)).to.throw(/got undefined, expected strategies by name, or a list of them/);
    expect(make([])).to.throw(/got no strategy, expected one or more/);
    expect(make({ a: 5 })).to.throw(/got 5, expected strategies by name/);
    expect(make([undefined])).to.throw(/got undefined, expected strategies by name/);
    expect(make([spins, new BusyWaitStrategy(spins.clock)])).to.throw(/alias that comes twice, .*\{ a, b \}/);
    expect(make([spins, new AtomicsWaitStrategy(new PerformanceClock())])).to.throw(
      /'busy-wait' and 'atomics-wait'.*one clock/,
    );
    const clock = new VirtualClock();
    const jumps = new VirtualTimeStrategy(clock);
    expect(make([jumps, new BusyWaitStrategy(clock)])).to.throw(/'virtual-time' jumps, 'busy-wait' spins.*apart/);
    expect(make([spins, blocks])).not.to.throw();
    expect(make([spins, { alias: 'foreign', waits: 'blocks' }])).to.throw(/expected strategies by name/);
  });
});
