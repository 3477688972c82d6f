import { recipeOf } from '@escapement/wiring';
import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  BusyWaitStrategy,
  busyWaitModule,
  Clock,
  createLoop,
  decorate,
  EventHandler,
  EventLoop,
  FifoPolicy,
  handlerModule,
  inject,
  injectable,
  LoopEvent,
  LoopModule,
  loopModule,
  MissingMetadataError,
  NotAProviderError,
  PerformanceClock,
  pause,
  policyModule,
  SchedulingPolicy,
  SleepHandler,
  SleepStrategy,
  sleep,
  sleepModule,
  spawn,
  strategyModule,
  type Task,
  type TimeEvent,
  type Waiter,
} from 'escapement';
import { Container, type Newable } from 'inversify';
import { JumpStrategy, VirtualClock } from '../support/virtual-loop.js';
import { thrownBy } from './thrown-by.js';

class Asked extends LoopEvent<unknown[]> {
  readonly kind = 'asked';
}

/** Resolves each wait with the arguments of its constructor. */
class AskedHandler extends EventHandler<Asked> {
  override readonly handles = Asked;
  readonly parts: unknown[];
  constructor(...parts: unknown[]) {
    super();
    this.parts = parts;
  }
  override arm(_event: Asked, waiter: Waiter<unknown[]>): void {
    waiter.resolve(this.parts);
  }
  override disarm(): void {}
}

class LifoPolicy extends SchedulingPolicy {
  override readonly alias = 'lifo';
  readonly tasks: Task[] = [];
  override add(task: Task): void {
    this.tasks.push(task);
  }
  override next(): Task | undefined {
    return this.tasks.pop();
  }
}

/** The order in which two children run. */
function order(module: LoopModule): string[] {
  const names: string[] = [];
  function* child(name: string) {
    names.push(name);
    yield* pause();
  }
  createLoop(busyWaitModule, module).runSync(function* () {
    yield* spawn(child('first'));
    yield* spawn(child('second'));
  });
  return names;
}

describe('a module from a function', () => {
  it('passes the clock of the loop to a handler, and makes a handler for each loop', () => {
    const clocks: Clock[] = [];
    const ownSleepModule = handlerModule(clock => {
      clocks.push(clock);
      return new SleepHandler(clock);
    });
    const newLoop = () => createLoop(busyWaitModule, ownSleepModule);
    for (const loop of [newLoop(), newLoop()]) loop.runSync(sleep(0.1));
    expect(clocks).to.have.lengthOf(2);
    expect(clocks[0]).to.be.instanceOf(PerformanceClock).and.not.equal(clocks[1]);
  });

  it('passes the values bound to tokens to a handler; a token is a class or a symbol', () => {
    class Price {
      readonly amount = 3;
    }
    const Currency = Symbol('currency');
    const shopModule = new LoopModule(({ bind }) => {
      bind(Price).toSelf().inSingletonScope();
      bind(Currency).toConstantValue('EUR');
    });
    const askedModule = handlerModule(
      [Price, Clock, Currency],
      (price, clock, currency) => new AskedHandler(price.amount, clock.constructor, currency),
    );
    const loop = createLoop(busyWaitModule, shopModule, askedModule);
    expect(loop.runSync(new Asked())).to.deep.equal([3, PerformanceClock, 'EUR']);
    const nothing = createLoop(
      busyWaitModule,
      handlerModule([], () => new AskedHandler()),
    );
    expect(nothing.runSync(new Asked())).to.deep.equal([]);
  });

  it('makes a policy, with a clock if the function has a parameter', () => {
    expect(order(policyModule(() => new LifoPolicy()))).to.deep.equal(['second', 'first']);
    expect(order(policyModule(LifoPolicy))).to.deep.equal(['second', 'first']);
    expect(order(policyModule(() => new FifoPolicy()))).to.deep.equal(['first', 'second']);
    let given: unknown;
    const clocked = (clock: Clock) => {
      given = clock;
      return new FifoPolicy();
    };
    order(policyModule(clocked));
    expect(given).to.be.instanceOf(PerformanceClock);
    order(policyModule([SleepStrategy], strategy => clocked(strategy.clock)));
    expect(given).to.be.instanceOf(PerformanceClock);
  });

  it('makes a strategy with the clock that the handlers get', () => {
    const module = strategyModule(clock => new BusyWaitStrategy(clock));
    createLoop(module, sleepModule).runSync(sleep(0.1));
    const asked = handlerModule([Clock, SleepStrategy], (clock, strategy) => new AskedHandler(clock, strategy.clock));
    for (const each of [module, strategyModule([Clock], clock => new AtomicsWaitStrategy(clock))]) {
      const [clock, ofStrategy] = createLoop(each, asked).runSync(new Asked());
      expect(clock).to.equal(ofStrategy);
    }
  });

  it('makes a strategy with a clock of its own, which the handlers get too', () => {
    const strategies: JumpStrategy[] = [];
    const module = strategyModule(() => {
      const strategy = new JumpStrategy();
      (strategy.clock as VirtualClock).time = 1000;
      strategies.push(strategy);
      return strategy;
    });
    createLoop(module, sleepModule).runSync(sleep(5));
    createLoop(sleepModule, module).runSync(sleep(7));
    expect(strategies.map(({ sleeps }) => sleeps)).to.deep.equal([[1005], [1007]]);
  });

  it('uses the clock of the container if it has one', () => {
    const clock = new VirtualClock();
    const clockModule = new LoopModule(({ bind }) => {
      bind(Clock).toConstantValue(clock);
    });
    const asked = handlerModule(given => new AskedHandler(given));
    const loop = createLoop(
      clockModule,
      strategyModule(given => new BusyWaitStrategy(given)),
      asked,
    );
    expect(loop.runSync(new Asked())).to.deep.equal([clock]);
  });

  it('is refused when its argument cannot make a plugin', () => {
    const loose = handlerModule as (...given: unknown[]) => LoopModule;
    const refusals: [() => unknown, string][] = [
      [() => loose(undefined), 'handlerModule got undefined, expected a class or a function'],
      [
        () => loose(new AskedHandler()),
        'handlerModule got an object of class AskedHandler, expected a class or a function',
      ],
      [() => loose([Clock]), 'handlerModule got undefined'],
      [() => loose([undefined], () => new AskedHandler()), 'handlerModule got undefined as token 1'],
      [() => loose([Clock], AskedHandler), 'got the class AskedHandler after tokens'],
      [() => loose((_a: unknown, _b: unknown) => new AskedHandler()), 'a function with 2 parameters and no tokens'],
      [() => (strategyModule as typeof loose)('busy-wait'), 'strategyModule got "busy-wait"'],
      [() => (policyModule as typeof loose)(5), 'policyModule got 5'],
      [
        () =>
          createLoop(
            busyWaitModule,
            loose(() => {}),
          ),
        'handlerModule got a function that returned undefined',
      ],
      [
        () =>
          createLoop(
            busyWaitModule,
            loose(async () => new AskedHandler()),
          ),
        'that returned a promise',
      ],
    ];
    for (const [action, message] of refusals) {
      const error = thrownBy(action);
      expect(error).to.be.instanceOf(NotAProviderError).with.property('code', 'ESC_NOT_A_PROVIDER');
      expect(error.message).to.include(message).and.include('clock => new MyClass(clock)');
    }
  });
});

describe('a module from a class', () => {
  @injectable()
  class Decorated extends AskedHandler {
    constructor(clock: Clock, strategy: SleepStrategy) {
      super(clock, strategy.clock);
    }
  }

  class Undecorated extends AskedHandler {
    constructor(clock: Clock) {
      super(clock, 'undecorated');
    }
  }

  it('gets its dependencies by the types that the compiler emits', () => {
    const [clock, ofStrategy] = createLoop(busyWaitModule, handlerModule(Decorated)).runSync(new Asked());
    expect(clock).to.be.instanceOf(PerformanceClock).and.equal(ofStrategy);
  });

  it('gets its dependencies by tokens where no types are emitted', () => {
    class Tokens extends AskedHandler {
      constructor(@inject(Clock) clock: unknown) {
        super(clock);
      }
    }
    const [clock] = createLoop(busyWaitModule, handlerModule(Tokens)).runSync(new Asked());
    expect(clock).to.be.instanceOf(PerformanceClock);
    class Plain extends AskedHandler {
      constructor(given: unknown) {
        super(given, 'plain');
      }
    }
    decorate(inject(Clock), Plain, 0);
    expect(createLoop(busyWaitModule, handlerModule(Plain)).runSync(new Asked())[0]).to.be.instanceOf(PerformanceClock);
  });

  it('is refused when its parameter types are unknown, with an error that says what to write', () => {
    // As compiled by esbuild and tsx: the decorator is called, and no types are emitted.
    class WithoutTypes extends AskedHandler {
      constructor(clock: Clock) {
        super(clock, 'without types');
      }
    }
    decorate(injectable(), WithoutTypes);
    @injectable()
    class OfInterface extends AskedHandler {
      constructor(options: { readonly limit: number }) {
        super(options.limit);
      }
    }
    const classes: Newable<AskedHandler>[] = [Undecorated, WithoutTypes, OfInterface];
    for (const Handler of classes) {
      const byHand = new LoopModule(({ bind }) => void bind(EventHandler).to(Handler));
      const anew = new LoopModule(({ rebind }) => void rebind(EventHandler).to(Handler));
      for (const module of [handlerModule(Handler), byHand, anew]) {
        const error = thrownBy(() => createLoop(busyWaitModule, module));
        expect(error).to.be.instanceOf(MissingMetadataError).with.property('code', 'ESC_MISSING_METADATA');
        expect(error.message)
          .to.include(`cannot make a ${Handler.name}`)
          .and.include('esbuild')
          .and.include(`clock => new ${Handler.name}(clock)`);
        expect(error.cause).to.have.property('message').that.includes(Handler.name);
      }
    }
    class Strategy extends AtomicsWaitStrategy {
      constructor(override readonly clock: Clock) {
        super(clock);
      }
    }
    expect(thrownBy(() => createLoop(strategyModule(Strategy)))).to.be.instanceOf(MissingMetadataError);
  });

  it('is refused with one error, also through a module that loads another', () => {
    const outer = new LoopModule(options => handlerModule(Undecorated).load(options));
    const error = thrownBy(() => createLoop(busyWaitModule, outer));
    expect(error).to.be.instanceOf(MissingMetadataError);
    expect(error.cause).not.to.be.instanceOf(MissingMetadataError);
  });

  it('our classes can be bound in a container of your own', () => {
    const container = new Container();
    container.load(loopModule);
    container.bind(Clock).to(PerformanceClock).inSingletonScope();
    container.bind(EventHandler).to(SleepHandler);
    container.bind(SleepStrategy).to(BusyWaitStrategy);
    container.get<EventLoop<TimeEvent>>(EventLoop).runSync(sleep(0.1));
  });
});

describe('a module that is made of something else', () => {
  it('is refused where it is made, by its name', () => {
    expect(thrownBy(() => new LoopModule(5 as never)).message).to.contain('new LoopModule got 5');
    expect(thrownBy(() => new LoopModule(undefined as never)).message).to.contain('new LoopModule got undefined');
    expect(thrownBy(() => recipeOf('poolModule', 5 as never)).message).to.contain('poolModule got 5');
  });
});
