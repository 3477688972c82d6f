import { InvalidAdvanceError, VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { settlingTime, virtualTime, virtualTimeModule } from '@escapement/virtual-time/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  Clock,
  createLoop,
  DeadlockError,
  DuplicatePluginError,
  EventHandler,
  EventLoop,
  every,
  IncompatiblePluginsError,
  LoopModule,
  loopModule,
  now,
  SleepStrategy,
  sleep,
  sleepModule,
  spawn,
  Wakeup,
} from 'escapement';
import { Container } from 'inversify';
import { Signal, SignalHandler } from '../support/signal-event.js';

const YEAR = 365 * 24 * 3_600_000;

describe('VirtualClock', () => {
  it('stands still until advanceTo moves it', () => {
    const clock = new VirtualClock();
    expect([clock.now(), clock.now()]).to.deep.equal([0, 0]);
    clock.advanceTo(2.5);
    expect(clock.now()).to.equal(2.5);
  });

  it('can be advanced to the present instant', () => {
    const clock = new VirtualClock();
    clock.advanceTo(0);
    expect(clock.now()).to.equal(0);
  });

  for (const instant of [9.99, -1, Number.NaN, Infinity, -Infinity]) {
    it(`throws when it is to go from 10 to ${instant}, and does not move`, () => {
      const clock = new VirtualClock();
      clock.advanceTo(10);
      expect(() => clock.advanceTo(instant))
        .to.throw(InvalidAdvanceError, `VirtualClock.advanceTo got ${instant}, expected a finite instant, 10 or later`)
        .with.property('code', 'ESC_INVALID_ADVANCE');
      expect(clock.now()).to.equal(10);
    });
  }
});

describe('VirtualTimeStrategy', () => {
  const strategyAt = (instant: number) => {
    const clock = new VirtualClock();
    clock.advanceTo(instant);
    return new VirtualTimeStrategy(clock);
  };

  it('jumps to the deadline', () => {
    const strategy = strategyAt(5);
    strategy.sleep(YEAR, new Wakeup());
    expect(strategy.clock.now()).to.equal(YEAR);
  });

  it('does not go back to a deadline that has passed', () => {
    const strategy = strategyAt(5);
    strategy.sleep(3, new Wakeup());
    expect(strategy.clock.now()).to.equal(5);
  });

  it('lets no time pass when a wakeup was requested before', () => {
    const strategy = strategyAt(5);
    const wakeup = new Wakeup();
    wakeup.request();
    strategy.sleep(8, wakeup);
    strategy.sleep(Infinity, wakeup);
    expect(strategy.clock.now()).to.equal(5);
  });

  it('does not jump to an infinite deadline', () => {
    expect(() => strategyAt(5).sleep(Infinity, new Wakeup())).to.throw(InvalidAdvanceError);
  });

  it('has the alias virtual-time, and jumps', () => {
    const { alias, waits } = strategyAt(0);
    expect([alias, waits]).to.deep.equal(['virtual-time', 'jumps']);
  });
});

describe('virtualTimeModule', () => {
  it('lets a year of sleeping pass at once, with exact instants', () => {
    const instants = createLoop(virtualTimeModule, sleepModule).runSync(function* () {
      const seen: number[] = [];
      const nap = yield* spawn(
        (function* () {
          yield* sleep(0.125);
          seen.push(yield* now());
        })(),
      );
      const ticks = every(YEAR / 4);
      for (let n = 0; n < 4; n++) {
        yield* ticks;
        seen.push(yield* now());
      }
      yield* nap.join();
      return seen;
    });
    expect(instants).to.deep.equal([0.125, YEAR / 4, YEAR / 2, (3 * YEAR) / 4, YEAR]);
  });

  it('serves run as well as runSync', async () => {
    const end = await createLoop(virtualTimeModule, sleepModule).run(function* () {
      yield* sleep(YEAR);
      return yield* now();
    });
    expect(end).to.equal(YEAR);
  });

  it('binds one clock for the container, and another for the next container', () => {
    const wire = () => {
      const container = new Container();
      container.load(loopModule, virtualTimeModule, sleepModule);
      return container;
    };
    const container = wire();
    const clock = container.get(VirtualClock);
    expect(container.get(Clock)).to.equal(clock);
    expect(container.get(SleepStrategy).clock).to.equal(clock);
    expect(wire().get(VirtualClock)).not.to.equal(clock);
  });

  it('takes a clock that the caller holds, who can look at it and move it', async () => {
    for (const make of [virtualTime, settlingTime]) {
      const clock = new VirtualClock();
      const loop = createLoop(make({ clock }), sleepModule);
      clock.advanceTo(100);
      const woken = await loop.run(function* () {
        yield* spawn(sleep(50));
        clock.advanceTo(clock.now() + 30);
        yield* sleep(5);
        return yield* now();
      });
      expect(woken).to.equal(135);
      expect(clock.now()).to.equal(180);
    }
  });

  it('refuses a clock that is no VirtualClock, and options that are no object', () => {
    for (const make of [virtualTime, settlingTime]) {
      for (const clock of [7, null, { now: () => 0 }]) {
        expect(() => make({ clock: clock as never }))
          .to.throw(`${make.name} got`)
          .and.include({
            code: 'ESC_INVALID_ARGUMENT',
          });
      }
      expect(() => make(null as never)).to.throw(`${make.name} got null, expected options`);
    }
  });

  it('refuses a handler that needs the host, and does not advise sockets, which are of no use in virtual time', () => {
    class Hosted extends SignalHandler {
      override readonly needsHost = true;
    }
    const strategy = new VirtualTimeStrategy(new VirtualClock());
    expect(() => new EventLoop({ strategy, handlers: [new Hosted()] }))
      .to.throw(IncompatiblePluginsError, "the strategy 'virtual-time' jumps")
      .with.property('message')
      .that.matches(/settlingTimeModule from @escapement\/virtual-time\/module\.$/);
  });

  it('lets a program simulate a step that takes time, and sleepers are late by as much', () => {
    const container = new Container();
    container.load(loopModule, virtualTimeModule, sleepModule);
    const clock = container.get(VirtualClock);
    const woken: number[] = [];
    container.get<EventLoop<import('escapement').TimeEvent>>(EventLoop).runSync(function* () {
      yield* spawn(
        (function* () {
          yield* sleep(10);
          woken.push(yield* now());
        })(),
      );
      yield* sleep(5);
      clock.advanceTo(clock.now() + 30);
    });
    expect(woken).to.deep.equal([35]);
  });

  it('reports a deadlock, as every strategy does', () => {
    expect(() => createLoop(virtualTimeModule, sleepModule).runSync(() => sleep(Infinity))).to.throw(DeadlockError);
  });

  it('ends a run with DeadlockError if only something outside could end a wait', () => {
    class OutsideHandler extends SignalHandler {
      override outside = 1;
      // Promises that another thread will request the wakeup.
      override beforeSleep(): void {}
    }
    const outsideModule = new LoopModule<Signal<unknown>>(({ bind }) => {
      bind(EventHandler).to(OutsideHandler).inSingletonScope();
    });
    const run = () => createLoop(virtualTimeModule, outsideModule).runSync(() => new Signal());
    expect(run).to.throw(
      DeadlockError,
      "the strategy 'virtual-time' never waits in real time, which OutsideHandler needs",
    );
  });

  for (const { order, modules } of [
    { order: 'before', modules: [virtualTimeModule, busyWaitModule] },
    { order: 'behind', modules: [busyWaitModule, virtualTimeModule] },
  ]) {
    it(`${order} another strategy is rejected by the loop`, () => {
      expect(() => createLoop(...modules, sleepModule)).to.throw(DuplicatePluginError);
    });
  }
});
