import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  atomicsWaitModule,
  busyWaitModule,
  Clock,
  ClockMismatchError,
  ContainerChangedError,
  createLoop,
  DuplicatePluginError,
  debugModule,
  EventHandler,
  EventLoop,
  FifoPolicy,
  type Instrument,
  Instruments,
  type LoopEvent,
  LoopModule,
  type LoopWarning,
  loopModule,
  NotAModuleError,
  PerformanceClock,
  pause,
  policyModule,
  SchedulingPolicy,
  SleepHandler,
  SleepStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  strategyModule,
  type Task,
  type TimeEvent,
} from 'escapement';
import { Container, injectable } from 'inversify';
import { JumpStrategy, VirtualClock } from '../support/virtual-loop.js';
import { thrownBy } from './thrown-by.js';

describe('createLoop', () => {
  it('makes a loop from a strategy module and handler modules', async () => {
    for (const strategy of [busyWaitModule, atomicsWaitModule, setTimeoutModule]) {
      await createLoop(strategy, sleepModule).run(sleep(1));
    }
    expect(createLoop(busyWaitModule).runSync(pause())).to.equal(undefined);
  });

  it('gives each loop plugins of its own', () => {
    const outer = createLoop(busyWaitModule, sleepModule);
    const inner = createLoop(busyWaitModule, sleepModule);
    expect(outer).not.to.equal(inner);
    outer.runSync(function* () {
      inner.runSync(sleep(0));
      yield* sleep(0);
    });
  });

  it('injects the clock of the strategy into the handlers', () => {
    const clock = new VirtualClock();
    clock.time = 1000;
    const strategy = new JumpStrategy();
    Object.defineProperty(strategy, 'clock', { value: clock });
    const virtualModule = new LoopModule(({ bind }) => {
      bind(Clock).toConstantValue(clock);
      bind(SleepStrategy).toConstantValue(strategy);
    });
    createLoop(virtualModule, sleepModule).runSync(sleep(5));
    expect(strategy.sleeps).to.deep.equal([1005]);
  });

  it('takes a policy and instruments from modules', () => {
    const names: string[] = [];
    @injectable()
    class Recording extends FifoPolicy {
      override add(task: Task): void {
        names.push(task.name);
        super.add(task);
      }
    }
    const ended: string[] = [];
    const observer: Instrument = { taskEnded: task => ended.push(task.name) };
    const module = new LoopModule(({ bind }) => {
      bind(SchedulingPolicy).to(Recording).inSingletonScope();
      bind(Instruments).toConstantValue(observer);
      bind(Instruments).toConstantValue({});
    });
    createLoop(busyWaitModule, module).runSync(function* main() {
      yield* spawn(pause(), { name: 'child' });
      yield* pause();
    });
    expect(names).to.deep.equal(['main', 'child', 'main', 'child']);
    expect(ended).to.deep.equal(['child', 'main']);
  });

  it('takes a module whose function returns what bind returns', async () => {
    const clock = new VirtualClock();
    // @ts-expect-error plain JavaScript does not mind
    const terse = new LoopModule(({ bind }) => bind(Clock).toConstantValue(clock));
    createLoop(terse, busyWaitModule).runSync(pause());
    const container = new Container();
    await container.loadAsync(new LoopModule(async ({ bind }) => void bind(Clock).toConstantValue(clock)));
    expect(container.get(Clock)).to.equal(clock);
  });

  it('refuses no strategy, two strategies, and two handlers for one event', () => {
    expect(thrownBy(() => createLoop(sleepModule))).to.have.property('code', 'ESC_NO_STRATEGY');
    expect(thrownBy(() => createLoop())).to.have.property('code', 'ESC_NO_STRATEGY');
    const several = thrownBy(() => createLoop(busyWaitModule, atomicsWaitModule, sleepModule));
    expect(several).to.be.instanceOf(DuplicatePluginError).with.property('code', 'ESC_DUPLICATE_PLUGIN');
    expect(several.message)
      .to.include("'busy-wait' and 'atomics-wait', expected one")
      .and.include('rebind(SleepStrategy)');
    const twice = new LoopModule<TimeEvent>(({ bind }) => {
      bind(EventHandler).to(SleepHandler).inSingletonScope();
    });
    expect(thrownBy(() => createLoop(busyWaitModule, sleepModule, twice))).to.have.property(
      'code',
      'ESC_DUPLICATE_HANDLER',
    );
  });
});

describe('createLoop, given something that is not a module', () => {
  const loose = createLoop as (...modules: unknown[]) => unknown;

  it('names the argument and says what to write', () => {
    const refusals: [unknown, ...string[]][] = [
      [undefined, 'createLoop got undefined as argument 2', 'in a cycle'],
      [null, 'createLoop got null as argument 2'],
      ['x', 'createLoop got "x" as argument 2'],
      [debugModule, 'createLoop got the function debugModule as argument 2', 'Call it: debugModule().'],
      [SleepHandler, 'createLoop got the class SleepHandler as argument 2', 'handlerModule(SleepHandler)'],
      [[sleepModule], 'createLoop got an array of 1 as argument 2', 'createLoop(...modules)'],
      [Promise.resolve(sleepModule), 'createLoop got a promise as argument 2', '`await`'],
      [
        { version: 1, sleepModule },
        'createLoop got an object of class Object',
        'Pass a module that it has: sleepModule.',
      ],
      [new JumpStrategy(), 'createLoop got an object of class JumpStrategy as argument 2', 'handlerModule(() =>'],
    ];
    for (const [given, ...parts] of refusals) {
      const error = thrownBy(() => loose(busyWaitModule, given));
      expect(error).to.be.instanceOf(NotAModuleError).with.property('code', 'ESC_NOT_A_MODULE');
      for (const part of parts) expect(error.message).to.include(part);
    }
  });
});

describe('createLoop, given two plugins of a kind of which a loop takes one', () => {
  const refused = (...modules: LoopModule<LoopEvent>[]) => {
    const error = thrownBy(() => createLoop(...modules));
    expect(error).to.be.instanceOf(DuplicatePluginError).with.property('code', 'ESC_DUPLICATE_PLUGIN');
    return error.message;
  };
  const clockModule = new LoopModule(({ bind }) => void bind(Clock).to(PerformanceClock).inSingletonScope());

  it('refuses two policies', () => {
    const fifoModule = policyModule(() => new FifoPolicy());
    expect(refused(busyWaitModule, fifoModule, policyModule(FifoPolicy)))
      .to.include("got 2 scheduling policies, 'fifo' and 'fifo', expected one")
      .and.include('rebind(SchedulingPolicy)');
  });

  it('refuses two clocks, also if one comes after the strategy', () => {
    expect(refused(busyWaitModule, clockModule, sleepModule)).to.include('2 clocks, PerformanceClock and Performance');
    createLoop(clockModule, busyWaitModule, sleepModule).runSync(sleep(0));
  });

  it('refuses two strategies, also if one has a clock of its own', () => {
    const ownClockModule = strategyModule(() => new JumpStrategy());
    expect(refused(ownClockModule, busyWaitModule, sleepModule)).to.include("'jump' and 'busy-wait'");
    expect(refused(busyWaitModule, ownClockModule, sleepModule)).to.include("'busy-wait' and 'jump'");
  });

  it('refuses two debug modules', () => {
    const make = () => createLoop(busyWaitModule, debugModule(), debugModule({ slowStep: 20 }));
    expect(make).to.throw(/^debugModule\(\{ slowStep: 20 \}\) was loaded, but the container has one already\./);
  });

  it('refuses two loops', () => {
    expect(refused(busyWaitModule, loopModule)).to.include('do not pass it to createLoop(...)');
    const container = new Container();
    container.load(loopModule);
    expect(thrownBy(() => container.load(loopModule))).to.be.instanceOf(DuplicatePluginError);
  });
});

describe('createLoop, given a strategy and handlers with different clocks', () => {
  it('refuses it, names both clocks, and says how to use one', () => {
    class Nap extends JumpStrategy {}
    const error = thrownBy(() => createLoop(strategyModule(Nap), sleepModule));
    expect(error).to.be.instanceOf(ClockMismatchError).with.property('code', 'ESC_CLOCK_MISMATCH');
    expect(error.message)
      .to.include("'jump' has a VirtualClock of its own")
      .and.include("the container's Clock is another object, a PerformanceClock")
      .and.include('strategyModule(clock => new Nap(clock))')
      .and.include('strategyModule(() => new Nap())');
    createLoop(
      strategyModule(() => new Nap()),
      sleepModule,
    ).runSync(sleep(5));
  });

  it('refuses a rebound strategy with a clock of its own, and a clock in transient scope', () => {
    const container = new Container();
    container.load(loopModule, busyWaitModule, sleepModule);
    container.rebind(SleepStrategy).toConstantValue(new JumpStrategy());
    expect(thrownBy(() => container.get(EventLoop))).to.be.instanceOf(ClockMismatchError);

    const transient = new Container();
    transient.load(loopModule, sleepModule);
    transient.bind(Clock).to(PerformanceClock);
    transient.bind(SleepStrategy).to(AtomicsWaitStrategy);
    expect(thrownBy(() => transient.get(EventLoop)).message).to.include('in singleton scope');
  });
});

describe('debugModule', () => {
  const program = function* () {
    sleep(1);
    yield* sleep(1);
  };

  it('makes a loop report what was never run, and steps slower than `slowStep`', () => {
    const warnings: LoopWarning[] = [];
    const reporter = new LoopModule(({ bind }) => {
      bind(Instruments).toConstantValue({ warned: warning => warnings.push(warning) });
    });
    createLoop(busyWaitModule, sleepModule, reporter).runSync(program);
    expect(warnings).to.deep.equal([]);
    // Every step takes longer than 0 ms.
    createLoop(busyWaitModule, sleepModule, reporter, debugModule({ slowStep: 0 })).runSync(program);
    expect(warnings.map(({ code }) => code))
      .to.include('ESC_NEVER_RUN')
      .and.include('ESC_SLOW_STEP');
  });
});

describe('loopModule', () => {
  it('gets a loop from a container of your own, with its strategy swapped by one rebind', () => {
    const container = new Container();
    container.load(loopModule, busyWaitModule, sleepModule);
    container.rebind(SleepStrategy).to(AtomicsWaitStrategy).inSingletonScope();
    expect(container.get(SleepStrategy).alias).to.equal('atomics-wait');
    const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
    expect(container.get(EventLoop)).to.equal(loop);
    loop.runSync(sleep(1));
  });

  it('works with a strategy of your own through strategyModule', () => {
    @injectable()
    class Own extends AtomicsWaitStrategy {
      // The container injects only into a constructor that the class itself declares.
      constructor(clock: Clock) {
        super(clock);
      }
    }
    createLoop(strategyModule(Own), sleepModule).runSync(sleep(1));

    @injectable()
    class Forgetful extends AtomicsWaitStrategy {}
    const error = thrownBy(() => createLoop(strategyModule(Forgetful as typeof Own), sleepModule));
    expect(error).to.have.property('code', 'ESC_STRATEGY_FAILED');
    expect(error.message).to.include('has no clock').and.include('constructor of its own');
  });

  it('builds a loop that refuses to run after any change of its container', async () => {
    const otherModule = new LoopModule(({ bind }) => void bind(Instruments).toConstantValue({}));
    const changes: [string, (container: Container) => unknown][] = [
      ['SleepStrategy was BusyWaitStrategy', each => each.rebind(SleepStrategy).to(AtomicsWaitStrategy)],
      ['SleepStrategy was BusyWaitStrategy and is nothing', each => each.unbind(SleepStrategy)],
      ['SchedulingPolicy was nothing and is FifoPolicy', each => each.bind(SchedulingPolicy).to(FifoPolicy)],
      ['EventHandler was SleepHandler and is nothing', each => each.unload(sleepModule)],
      ['EventHandler was SleepHandler and is SleepHandler and Sleep', each => each.bind(EventHandler).to(SleepHandler)],
      ['Instruments was nothing and is Object', each => each.load(otherModule)],
      ['Instruments was nothing and is StepWatch and NeverRunWatch', each => each.load(debugModule())],
      [
        'Clock was PerformanceClock and is VirtualClock',
        each => each.rebind(Clock).toConstantValue(new VirtualClock()),
      ],
    ];
    for (const [message, change] of changes) {
      const container = new Container({ defaultScope: 'Singleton' });
      container.load(loopModule, busyWaitModule, sleepModule);
      const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
      loop.runSync(sleep(0));
      change(container);
      const refusals = [
        thrownBy(() => loop.runSync(sleep(0))),
        thrownBy(() => loop.spawn(sleep(0))),
        await loop.run(sleep(0)).catch(error => error),
      ];
      for (const error of refusals) {
        expect(error).to.be.instanceOf(ContainerChangedError).with.property('code', 'ESC_CONTAINER_CHANGED');
        expect(error.message).to.include(message).and.include('before container.get(EventLoop)');
      }
    }
  });

  it('ignores changes of other bindings, and plugins in transient scope', () => {
    const container = new Container();
    container.load(loopModule, busyWaitModule);
    container.bind(EventHandler).to(SleepHandler);
    const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
    container.bind('something else').toConstantValue(5);
    for (let n = 0; n < 2; n++) loop.runSync(sleep(0));
    container.rebind(SleepStrategy).to(AtomicsWaitStrategy);
    expect(thrownBy(() => loop.runSync(sleep(0)))).to.be.instanceOf(ContainerChangedError);
  });
});
