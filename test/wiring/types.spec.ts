import { expect } from 'chai';
import {
  BusyWaitStrategy,
  busyWaitModule,
  Clock,
  type Coroutine,
  createLoop,
  EventHandler,
  EventLoop,
  type EventsServedBy,
  group,
  handlerModule,
  type Join,
  LoopEvent,
  type LoopModule,
  type Now,
  now,
  PerformanceClock,
  pause,
  policyModule,
  type Sleep,
  SleepHandler,
  SleepStrategy,
  type Spawn,
  select,
  sleep,
  sleepModule,
  sleepUntil,
  spawn,
  strategyModule,
  type TaskGroup,
  TimeEvent,
  timeout,
  type Waiter,
  type Yieldable,
} from 'escapement';

// What must not compile. The compiler checks it: an `@ts-expect-error` without an error is an error.

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
  constructor(readonly descriptor: number) {
    super();
  }
}

class ReadableHandler extends EventHandler<Readable> {
  override readonly handles = Readable;
  override arm(event: Readable, waiter: Waiter<number>): void {
    waiter.resolve(event.descriptor);
  }
  override disarm(): void {}
}

const readableModule = handlerModule(ReadableHandler);

const sleeping = () => createLoop(busyWaitModule, sleepModule);
const reading = () => createLoop(busyWaitModule, sleepModule, readableModule);

function* readLater(): Coroutine<number, Sleep | Readable> {
  yield* sleepUntil(0);
  return yield* new Readable(3);
}

function* readAtOnce(): Coroutine<number, Readable> {
  return yield* new Readable(3);
}

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isTrue = <T extends true>(_?: T): void => {};

describe('the types', () => {
  it('accept a program whose events are all handled', () => {
    expect(reading().runSync(readLater)).to.equal(3);
    expect(reading().runSync(readLater())).to.equal(3);
    expect(sleeping().runSync(sleep(0))).to.equal(undefined);
    expect(
      sleeping().runSync(function* () {
        yield* pause();
        return typeof (yield* now());
      }),
    ).to.equal('number');
  });

  it('refuse an event without a handler, directly', () => {
    // @ts-expect-error Readable has no handler in this loop
    expect(() => sleeping().runSync(new Readable(3))).to.throw('no handler');
    // @ts-expect-error nor in one without any
    expect(() => createLoop(busyWaitModule).runSync(sleep(0))).to.throw('no handler');
  });

  it('refuse it through yield* and helper coroutines', () => {
    function* middle() {
      return (yield* readLater()) + 1;
    }
    function* outer() {
      return yield* middle();
    }
    // @ts-expect-error Readable comes up through two coroutines
    expect(() => sleeping().runSync(outer)).to.throw('no handler');
    expect(reading().runSync(outer)).to.equal(4);
  });

  it('refuse it through spawn, also of a bare event', () => {
    function* parent() {
      const child = yield* spawn(readLater());
      return yield* child.join();
    }
    function* grandparent() {
      return yield* (yield* spawn(parent())).join();
    }
    function* spawnsEvent() {
      return yield* (yield* spawn(new Readable(5))).join();
    }
    // @ts-expect-error Readable is the child's
    expect(() => sleeping().runSync(parent)).to.throw('no handler');
    // @ts-expect-error or the grandchild's
    expect(() => sleeping().runSync(grandparent)).to.throw('no handler');
    // @ts-expect-error or the child itself
    expect(() => sleeping().runSync(spawnsEvent)).to.throw('no handler');
    expect(reading().runSync(grandparent)).to.equal(3);
    expect(reading().runSync(spawnsEvent)).to.equal(5);
  });

  it('refuse it in run and in runSync', async () => {
    // @ts-expect-error Readable has no handler in this loop
    const running = sleeping().run(readLater);
    const error = await running.catch(thrown => thrown);
    expect(error).to.have.property('code', 'ESC_NO_HANDLER');
  });

  it('keep the result of each event and of the program', () => {
    function* typed() {
      const descriptor = yield* new Readable(3);
      const nothing = yield* sleep(0);
      const instant = yield* now();
      const child = yield* spawn(readLater());
      const joined = yield* child.join();
      isTrue<Same<typeof descriptor, number>>();
      isTrue<Same<typeof nothing, void>>();
      isTrue<Same<typeof instant, number>>();
      isTrue<Same<typeof joined, number>>();
      return 'text';
    }
    const text: string = reading().runSync(typed);
    expect(text).to.equal('text');
  });

  it('infer the union of the events of a coroutine', () => {
    function* mixed() {
      yield* sleepUntil(0);
      yield* now();
      const child = yield* spawn(new Readable(1));
      yield* child.join();
    }
    type Events = ReturnType<typeof mixed> extends Generator<infer E, unknown, unknown> ? E : never;
    isTrue<Same<Events, Sleep | Now | Readable | Spawn | Join<number>>>();
  });

  it('accept a loop that handles more events where one that handles fewer is expected, but not the reverse', () => {
    const less: EventLoop<Readable> = reading();
    expect(less.runSync(new Readable(7))).to.equal(7);
    const asModule: LoopModule<TimeEvent | Readable> = sleepModule;
    expect(asModule).to.equal(sleepModule);
    // @ts-expect-error sleepModule handles no Readable
    const more: EventLoop<Readable> = sleeping();
    expect(more).to.be.instanceOf(EventLoop);
  });

  it('check a loop that was built by hand with several handlers', () => {
    const strategy = new BusyWaitStrategy(new PerformanceClock());
    const byHand = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock), new ReadableHandler()] });
    expect(byHand.runSync(readLater)).to.equal(3);
    const without = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
    // @ts-expect-error Readable has no handler in this one
    expect(() => without.runSync(readLater)).to.throw('no handler');
    // @ts-expect-error and this one has none at all
    expect(() => new EventLoop({ strategy }).runSync(readLater)).to.throw('no handler');
  });

  it('refuse a handler whose waiter has another result than its event', () => {
    class Wrong extends EventHandler<Readable> {
      override readonly handles = Readable;
      // @ts-expect-error a Readable gives a number
      override arm(_event: Readable, waiter: Waiter<string>): void {
        waiter.resolve('three');
      }
      override disarm(): void {}
    }
    expect(new Wrong().handles).to.equal(Readable);
  });

  describe('of an event whose class could be mistaken for another', () => {
    type HandledBy<E extends LoopEvent> = EventHandler<E>['handles'];
    class Knock extends LoopEvent<void> {
      kind = 'knock';
    }
    class Ring extends LoopEvent<void> {
      readonly kind: string = 'ring';
    }
    class Getter extends LoopEvent<void> {
      get kind(): string {
        return 'getter';
      }
    }
    class Template extends LoopEvent<void> {
      readonly kind: `mine-${string}` = 'mine-1';
    }
    class Union extends LoopEvent<void> {
      readonly kind: 'sleep' | 'union' = 'union';
    }
    class Anything extends LoopEvent<void> {
      // biome-ignore lint/suspicious/noExplicitAny: it is what must not compile
      readonly kind: any = 'anything';
    }
    class Nothing extends LoopEvent<void> {
      readonly kind = 'nothing' as never;
    }
    /** Another base class could have this member, too. */
    abstract class Base extends LoopEvent<void> {
      readonly device = 5;
    }
    /** No other class has this one. */
    abstract class Branded extends LoopEvent<void> {
      protected declare readonly _isBranded: true;
    }
    class OfBrand extends Branded {
      readonly kind: string = 'of brand';
    }
    class AnyOfBrand extends Branded {
      // biome-ignore lint/suspicious/noExplicitAny: it is what must not compile
      readonly kind: any = 'anything';
    }
    class Generic<E extends LoopEvent> extends EventHandler<E> {
      constructor(override readonly handles: HandledBy<E>) {
        super();
      }
      override arm(): void {}
      override disarm(): void {}
    }

    it('refuse a handler', () => {
      // Without the check, this would be the danger: two types in one.
      isTrue<Same<Knock['kind'], Ring['kind']>>();
      // @ts-expect-error its kind is not readonly
      const knock: HandledBy<Knock> = Knock;
      // @ts-expect-error nor is that of one of them
      const either: HandledBy<Knock | Readable> = Knock;
      // @ts-expect-error its kind is any string
      const ring: HandledBy<Ring> = Ring;
      // @ts-expect-error from an accessor, too
      const getter: HandledBy<Getter> = Getter;
      // @ts-expect-error many strings
      const template: HandledBy<Template> = Template;
      // @ts-expect-error two strings
      const union: HandledBy<Union> = Union;
      // @ts-expect-error any value
      const anything: HandledBy<Anything> = Anything;
      // @ts-expect-error a value that fits all
      const nothing: HandledBy<Nothing> = Nothing;
      // @ts-expect-error a base class that is a type of its own no more than they are
      const base: HandledBy<Base> = Base;
      // @ts-expect-error its brand does not help it: it fits all kinds
      const branded: HandledBy<AnyOfBrand> = AnyOfBrand;
      // @ts-expect-error it is checked where it is made
      const generic = new Generic(Ring);
      const refused = [knock, either, ring, getter, template, union, anything, nothing, base, branded, generic];
      expect(refused).to.have.lengthOf(11);
    });

    it('accept a handler if the kind is one literal, or the class has a brand', () => {
      class Literal extends LoopEvent<void> {
        kind = 'literal' as const;
      }
      class Accessor extends LoopEvent<void> {
        get kind() {
          return 'accessor' as const;
        }
      }
      class Holder<T> extends LoopEvent<T> {
        readonly kind = 'holder';
        constructor(readonly value: T) {
          super();
        }
      }
      const fine: [HandledBy<Readable>, HandledBy<Literal>, HandledBy<Accessor>, HandledBy<Holder<unknown>>] = [
        Readable,
        Literal,
        Accessor,
        Holder,
      ];
      const bases: [HandledBy<TimeEvent>, HandledBy<Branded>, HandledBy<OfBrand>] = [TimeEvent, Branded, OfBrand];
      const all: HandledBy<LoopEvent> = LoopEvent;
      expect([...fine, ...bases, all]).to.have.lengthOf(8);
      isTrue<Same<EventsServedBy<Generic<Readable>>, Readable>>();
      isTrue<Same<EventsServedBy<EventHandler>, LoopEvent>>();
      const handlers: EventHandler[] = [new Generic(Readable), new Generic<Literal | Branded>(Branded as never)];
      expect(handlers).to.have.lengthOf(2);
    });

    it('refuse a program that yields it', () => {
      const loop = reading();
      const branded = createLoop(
        busyWaitModule,
        handlerModule(() => new Generic(Branded)),
      );
      function* anything() {
        yield* sleep(1);
        yield* new Anything();
      }
      function* spawning() {
        yield* spawn(new Nothing());
      }
      const refused = [
        // @ts-expect-error
        () => loop.runSync(new Ring()),
        // @ts-expect-error
        () => loop.runSync(new Template()),
        // @ts-expect-error its kind fits that of an event that has a handler
        () => loop.runSync(new Union()),
        // @ts-expect-error
        () => loop.runSync(anything),
        // @ts-expect-error
        () => loop.runSync(spawning),
        // @ts-expect-error
        () => loop.runSync(select([new Nothing(), sleep(1)])),
        // @ts-expect-error
        () => loop.runSync(timeout(1, anything)),
        // @ts-expect-error
        () => branded.runSync(new AnyOfBrand()),
        // @ts-expect-error
        () => branded.runSync(anything),
        () =>
          loop.runSync(
            group(function* (tasks: TaskGroup<TimeEvent>) {
              // @ts-expect-error
              tasks.spawn(anything);
            }),
          ),
      ];
      expect(refused).to.have.lengthOf(10);
      const accepted: (() => unknown)[] = [() => branded.runSync(new OfBrand())];
      expect(accepted).to.have.lengthOf(1);
    });

    it('refuse one that yields any string as its kind and has the type of all events', () => {
      class Wide extends LoopEvent {
        readonly kind: string = 'wide';
      }
      class WideHandler extends EventHandler<Wide> {
        override readonly handles = Wide;
        override arm(): void {}
        override disarm(): void {}
      }
      const loop = createLoop(busyWaitModule, handlerModule(WideHandler));
      // @ts-expect-error a handler of this class serves no type
      const wide = () => loop.runSync(new Wide());
      // @ts-expect-error and in particular no other one
      expect(() => loop.runSync(new Readable(3))).to.throw('no handler');
      expect(wide).to.be.a('function');
    });

    it('accept a program that is generic in its events', () => {
      function* twice<E extends LoopEvent>(body: () => Yieldable<number, E>) {
        return (yield* body()) + (yield* body());
      }
      const runTwice = <E extends LoopEvent>(loop: EventLoop<E>, body: () => Yieldable<number, E>) =>
        loop.runSync(twice(body));
      expect(runTwice(reading(), () => new Readable(3))).to.equal(6);
    });
  });

  it('refuse what is not a program', () => {
    const loop = reading();
    // @ts-expect-error an async function is not a program
    expect(() => loop.runSync(async () => 1)).to.throw('coroutine');
    // @ts-expect-error a number is not a program
    expect(() => loop.runSync(5)).to.throw('coroutine');
    function* forgetful(): Coroutine<void, Spawn> {
      // @ts-expect-error what it spawns can yield Readable, too
      yield* spawn(readLater);
      // @ts-expect-error a promise
      yield* spawn(Promise.resolve());
    }
    expect(() => loop.runSync(forgetful)).to.throw('coroutine');
  });

  it('of a module follow from its handler, also from one that a function makes', () => {
    const modules = [
      handlerModule(ReadableHandler),
      handlerModule(() => new ReadableHandler()),
      handlerModule(clock => {
        isTrue<Same<typeof clock, Clock>>();
        return new ReadableHandler();
      }),
      handlerModule([Clock, SleepStrategy], (clock, strategy) => {
        isTrue<Same<typeof clock, Clock>>();
        isTrue<Same<typeof strategy, SleepStrategy>>();
        return new ReadableHandler();
      }),
    ] as const;
    isTrue<Same<(typeof modules)[number], LoopModule<Readable>>>();
    for (const module of modules) expect(createLoop(busyWaitModule, module).runSync(readAtOnce)).to.equal(3);
    // @ts-expect-error a sleep has no handler in these
    expect(() => createLoop(busyWaitModule, modules[1]).runSync(sleep(0))).to.throw('no handler');
    isTrue<Same<ReturnType<typeof policyModule>, LoopModule>>();
  });

  it('refuse a function that makes another plugin or has a parameter without a token', () => {
    const strategy = () => new BusyWaitStrategy(new PerformanceClock());
    const refused = [
      // @ts-expect-error a strategy is no handler
      () => handlerModule(strategy),
      // @ts-expect-error and no policy
      () => policyModule(strategy),
      // @ts-expect-error a handler is no strategy
      () => strategyModule(ReadableHandler),
      // @ts-expect-error no token for the second parameter
      () => handlerModule((_clock: Clock, _strategy: SleepStrategy) => new ReadableHandler()),
      // @ts-expect-error one token for two parameters
      () => handlerModule([Clock], (_clock: Clock, _strategy: SleepStrategy) => new ReadableHandler()),
      // @ts-expect-error the strategy is no clock
      () => handlerModule([SleepStrategy], (_clock: Clock) => new ReadableHandler()),
    ];
    expect(refused).to.have.lengthOf(6);
  });
});
