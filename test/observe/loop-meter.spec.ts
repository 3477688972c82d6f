import { fileURLToPath } from 'node:url';
import { instrumentLaws } from '@escapement/conformance';
import { LoopMeter } from '@escapement/observe';
import { metricsModule } from '@escapement/observe/module';
import { expect } from 'chai';
import { build } from 'esbuild';
import {
  busyWaitModule,
  createLoop,
  EventLoop,
  type Instant,
  InvalidArgumentError,
  pause,
  SleepHandler,
  sleep,
  sleepModule,
  spawn,
  type Wakeup,
  warn,
} from 'escapement';
import { ROOT } from '../examples/example.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop, virtualLoopOf } from '../support/virtual-loop.js';
import { YieldingStrategy } from '../support/yielding-loop.js';

function meteredLoop() {
  const strategy = new JumpStrategy();
  return virtualLoopOf(strategy, { instruments: [new LoopMeter(strategy.clock)], handlers: [new SignalHandler()] });
}

class HostStrategy extends YieldingStrategy {
  /** What the host does in the next sleep. */
  hostCode = () => {};

  override sleep(until: Instant, wakeup: Wakeup): Promise<void> {
    const { hostCode } = this;
    this.hostCode = () => {};
    hostCode();
    return super.sleep(until, wakeup);
  }
}

/** A loop that lets the host run. */
function meteredBesideHost() {
  const strategy = new HostStrategy();
  const { clock } = strategy;
  const loop = new EventLoop({ strategy, handlers: [new SleepHandler(clock)], instruments: [new LoopMeter(clock)] });
  return { loop, clock, strategy };
}

describe('the metrics of a loop', () => {
  it('count what is ready from the moment at which host code made it ready, also while the host goes on', async () => {
    const { loop, clock, strategy } = meteredBesideHost();
    strategy.hostCode = () => {
      clock.time += 10;
      loop.spawn(pause());
      clock.time += 30;
    };
    await loop.run(sleep(100));
    // Two steps of the run's task, two of the spawned one.
    expect(loop.metrics().readyDelay).to.include({ count: 4, max: 30, sum: 30 });
  });

  it('do not count the time between two runs', () => {
    const { loop, clock } = meteredLoop();
    loop.runSync(sleep(1));
    clock.time += 1000;
    loop.runSync(sleep(1));
    const { readyDelay, stepDuration, sleptFor } = loop.metrics();
    expect([readyDelay!.max, stepDuration!.max, sleptFor]).to.deep.equal([0, 0, 2]);
  });

  it('do not take a turn of the host for a sleep that overshot', async () => {
    const { loop, clock } = meteredBesideHost();
    await loop.run(function* () {
      for (let n = 0; n < 10; n++) {
        clock.time += 2;
        yield* pause();
      }
    });
    const { sleeps, overshoot } = loop.metrics();
    expect(sleeps).to.be.greaterThan(3);
    expect(overshoot!.count).to.equal(0);
  });

  it('count a step that another loop runs inside of once in each loop', () => {
    const outer = meteredLoop();
    const inner = meteredLoop();
    outer.loop.runSync(function* () {
      yield* pause();
      inner.loop.runSync(pause());
      outer.clock.time += 7;
      yield* pause();
    });
    expect(outer.loop.metrics()).to.include({ steps: 3, switches: 1 });
    expect(outer.loop.metrics().stepDuration).to.include({ max: 7, sum: 7 });
    expect(inner.loop.metrics()).to.include({ steps: 2, switches: 1 });
  });

  it('count crashes, and the tasks that they end', () => {
    const { loop } = meteredLoop();
    expect(() => loop.runSync(new Signal())).to.throw('nothing can ever happen');
    const { crashes, tasks } = loop.metrics();
    expect(crashes).to.equal(1);
    expect(tasks).to.deep.equal({ spawned: 1, succeeded: 0, failed: 0, cancelled: 1 });
  });

  it('count warnings by code, at most 64 codes, and leave them to the console', () => {
    const { clock } = new JumpStrategy();
    const meter = new LoopMeter(clock);
    const strategy = new JumpStrategy();
    const loop = new EventLoop({ strategy, instruments: [meter] });
    const said: string[] = [];
    const { warn: before } = console;
    console.warn = (text: string) => said.push(text);
    try {
      loop.runSync(function* () {
        for (let n = 0; n < 100; n++) yield* warn(`CODE_${n}`, 'strange');
        yield* warn('CODE_0', 'strange');
      });
    } finally {
      console.warn = before;
    }
    expect(said).to.have.lengthOf(101);
    const { warnings } = meter.metrics();
    expect(Object.keys(warnings)).to.have.lengthOf(64);
    expect(warnings).to.include({ CODE_0: 2, CODE_62: 1, other: 37 });
  });

  it('are a snapshot: what comes later does not change it', () => {
    const { loop } = meteredLoop();
    loop.runSync(sleep(1));
    const before = loop.metrics();
    const copy = structuredClone(before);
    loop.runSync(function* () {
      yield* spawn(sleep(1));
    });
    expect(before).to.deep.equal(copy);
    expect(loop.metrics().steps).to.equal(copy.steps! + 3);
  });

  it('agree with each other in the middle of a step', () => {
    const { loop } = meteredLoop();
    loop.runSync(function* () {
      yield* pause();
      const { steps, readyDelay, stepDuration, tasks } = loop.metrics();
      expect([steps, readyDelay!.count, stepDuration!.count]).to.deep.equal([2, 2, 1]);
      expect(tasks).to.deep.equal({ spawned: 1, succeeded: 0, failed: 0, cancelled: 0 });
    });
  });

  it('are not there without a meter', () => {
    const { loop } = virtualLoop();
    expect(loop.metrics()).to.deep.equal({ inFlight: {} });
  });
});

instrumentLaws({ describe, it }, { instrument: () => new LoopMeter(new JumpStrategy().clock) });

describe('metricsModule', () => {
  it('measures each of the loops that load it on its own', () => {
    const one = createLoop(busyWaitModule, sleepModule, metricsModule);
    const other = createLoop(busyWaitModule, metricsModule);
    one.runSync(sleep(0.1));
    expect(one.metrics()).to.include({ steps: 2, switches: 1 });
    expect(other.metrics().steps).to.equal(0);
  });

  it('is refused twice', () => {
    expect(() => createLoop(busyWaitModule, metricsModule, metricsModule)).to.throw(
      InvalidArgumentError,
      'metricsModule was loaded twice',
    );
  });
});

describe('metricsModule in a page', () => {
  it('needs nothing of Node', async () => {
    const contents = "import { metricsModule } from '@escapement/observe/module'; console.log(metricsModule);";
    const stdin = { contents, resolveDir: fileURLToPath(ROOT) };
    const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', platform: 'browser', write: false });
    expect(outputFiles[0]!.text)
      .to.include('LoopMeter')
      .and.to.not.match(/(from|require\()\s*["']node:/);
  });
});

describe('the types of metrics', () => {
  it('know that a loop without a meter has none', () => {
    function doesNot() {
      const { loop } = meteredLoop();
      // @ts-expect-error undefined without a meter
      loop.metrics().steps.toFixed();
      // @ts-expect-error a snapshot
      loop.metrics().steps = 5;
      // @ts-expect-error a module, which has no options
      metricsModule({ metrics: true });
      // @ts-expect-error a meter reads the loop's clock
      new LoopMeter();
    }
    expect(doesNot).to.be.a('function');
  });
});
