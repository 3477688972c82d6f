import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  atomicsWaitModule,
  busyWaitModule,
  Clock,
  createLoop,
  debugModule,
  EventHandler,
  EventLoop,
  FifoPolicy,
  type Instrument,
  Instruments,
  LoopModule,
  type LoopWarning,
  loopModule,
  pause,
  SchedulingPolicy,
  SeveralStrategiesError,
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

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('createLoop', () => {
  it('makes a loop of a strategy module and handler modules', async () => {
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

  it('injects the one clock of the strategy into the handlers', () => {
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

  it('refuses no strategy, two, and two handlers for one event', () => {
    expect(thrownBy(() => createLoop(sleepModule))).to.have.property('code', 'ESC_NO_STRATEGY');
    expect(thrownBy(() => createLoop())).to.have.property('code', 'ESC_NO_STRATEGY');
    const several = thrownBy(() => createLoop(busyWaitModule, atomicsWaitModule, sleepModule));
    expect(several).to.be.instanceOf(SeveralStrategiesError).with.property('code', 'ESC_SEVERAL_STRATEGIES');
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

describe('debugModule', () => {
  const program = function* () {
    sleep(1);
    yield* sleep(1);
  };

  it('has a loop tell what was made and never run, and of slow steps by its own measure', () => {
    const warnings: LoopWarning[] = [];
    const reporter = new LoopModule(({ bind }) => {
      bind(Instruments).toConstantValue({ warned: warning => warnings.push(warning) });
    });
    createLoop(busyWaitModule, sleepModule, reporter).runSync(program);
    expect(warnings).to.deep.equal([]);
    // Every step takes longer than no time at all.
    createLoop(busyWaitModule, sleepModule, reporter, debugModule({ slowStep: 0 })).runSync(program);
    expect(warnings.map(({ code }) => code))
      .to.include('ESC_NEVER_RUN')
      .and.include('ESC_SLOW_STEP');
  });
});

describe('loopModule', () => {
  it('lets people with a container of their own get a loop, and swap its strategy by one rebind', () => {
    const container = new Container();
    container.load(loopModule, busyWaitModule, sleepModule);
    container.rebind(SleepStrategy).to(AtomicsWaitStrategy).inSingletonScope();
    expect(container.get(SleepStrategy).alias).to.equal('atomics-wait');
    const loop = container.get<EventLoop<TimeEvent>>(EventLoop);
    expect(container.get(EventLoop)).to.equal(loop);
    loop.runSync(sleep(1));
  });

  it('works with a strategy of one own by strategyModule', () => {
    @injectable()
    class Own extends AtomicsWaitStrategy {
      // The container injects into a class's own constructor only.
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
});
