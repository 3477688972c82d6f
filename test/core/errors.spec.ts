import { expect } from 'chai';
import {
  AtomicsWaitStrategy,
  all,
  BusyWaitStrategy,
  type Coroutine,
  type DeadlockError,
  EscapementError,
  type EventHandler,
  EventLoop,
  type Instant,
  LoopEvent,
  PerformanceClock,
  pause,
  race,
  runningTask,
  SchedulingPolicy,
  SetTimeoutStrategy,
  SleepHandler,
  SleepStrategy,
  sleep,
  spawn,
  type Task,
  type Waits,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, VirtualClock, virtualLoop } from '../support/virtual-loop.js';

class Unheard extends LoopEvent<void> {
  readonly kind = 'unheard';
}

class Knock extends LoopEvent<void> {
  static override readonly servedBy: string = 'doorModule of my-doors';
  readonly kind = 'knock';
  constructor(readonly door: string) {
    super();
  }
}

class LoudKnock extends Knock {}

/** What a coroutine that does `body` catches there, at the very line. */
function caughtInside(body: () => Coroutine<unknown, never>): unknown {
  return virtualLoop().loop.runSync(function* main(): Coroutine<unknown, never> {
    try {
      yield* body();
    } catch (error) {
      return error;
    }
    return undefined;
  });
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectError(error: unknown, code: string, ...parts: string[]): void {
  expect(error).to.be.instanceOf(EscapementError);
  expect(error).to.have.property('code', code);
  expect(error).to.have.property('name', (error as Error).constructor.name);
  for (const part of parts) expect((error as Error).message).to.include(part);
}

/** Yields anything at all, as JavaScript lets one do. */
function* yields(value: unknown): Coroutine<unknown, never> {
  return yield value as never;
}

describe('errors', () => {
  describe('from a coroutine', () => {
    it('an event with no handler', () => {
      const error = caughtInside(() => yields(new Unheard()));
      expectError(
        error,
        'ESC_NO_HANDLER',
        'task "main" yielded Unheard(), which no handler serves',
        'It is of the class Unheard, kind "unheard".',
        'Handlers are installed for: TimeEvent',
        'Load the module that handles Unheard',
      );
    });

    it('an event with no handler whose class says what brings one', () => {
      for (const event of [new Knock('front'), new LoudKnock('front')]) {
        const error = caughtInside(() => yields(event));
        expectError(
          error,
          'ESC_NO_HANDLER',
          'yielded Knock(door="front")',
          'Add doorModule of my-doors to the modules',
        );
      }
    });

    it('an event with no handler whose class says nonsense about it, or hides it', () => {
      for (const servedBy of [5, undefined, null, '', {}, Symbol('no')]) {
        class Odd extends LoopEvent<void> {
          static override readonly servedBy = servedBy as never;
          readonly kind = 'odd';
        }
        expectError(
          caughtInside(() => yields(new Odd())),
          'ESC_NO_HANDLER',
          'Load the module that handles Odd',
        );
      }
      class Hidden extends LoopEvent<void> {
        static override get servedBy(): never {
          throw new Error('hidden');
        }
        readonly kind = 'hidden';
      }
      expectError(
        caughtInside(() => yields(new Hidden())),
        'ESC_NO_HANDLER',
        'Load the module that handles Hidden',
      );
    });

    it('an event of a second copy of its package', () => {
      const Twin = {
        Signal: class Signal extends LoopEvent<void> {
          readonly kind = 'signal';
        },
      }.Signal;
      const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
      const error = thrownBy(() => loop.runSync(yields(new Twin())));
      expectError(error, 'ESC_NO_HANDLER', 'A handler serves another class Signal', 'two copies', 'npm dedupe');
    });

    const cases: readonly [string, unknown, string, string][] = [
      ['a coroutine: `yield` where `yield*` was meant', yields(1), 'a coroutine', 'write `yield*` instead of `yield`'],
      ['nothing', undefined, 'undefined', '`yield* pause()`'],
      ['null', null, 'null', 'extends LoopEvent'],
      ['a number', 5, '5', 'extends LoopEvent'],
      ['a string', 'sleep', '"sleep"', 'extends LoopEvent'],
      ['a promise', Promise.resolve(), 'a promise', 'write `yield* resolved(promise)`'],
      ['a function that was not called', sleep, 'the function sleep', 'Call it'],
      ['a generator function that was not called', yields, 'the generator function yields', 'Call it'],
      ['an event class', Unheard, 'the class Unheard', 'Call it'],
      ['a plain object', {}, 'an object of class Object', 'extends LoopEvent'],
      ['an object without a prototype', Object.create(null), 'an object of class null', 'extends LoopEvent'],
      ['a list', [1, 2], 'an array of 2', 'write `yield* all([...])`'],
      ['an iterable', new Set([1]), 'an object of class Set', 'Write `yield*`'],
    ];
    for (const [what, value, shown, advice] of cases) {
      it(`yielding ${what}`, () => {
        expectError(
          caughtInside(() => yields(value)),
          'ESC_NOT_AN_EVENT',
          `task "main" yielded ${shown}, expected an event`,
          advice,
        );
      });
    }

    it('a task that catches the error and yields invalid values for ever does not stop the others', () => {
      const { loop } = virtualLoop();
      let stop = false;
      loop.runSync(function* () {
        yield* spawn(
          (function* (): Coroutine<void, never> {
            while (!stop) {
              try {
                yield* yields(5);
              } catch {}
            }
          })(),
        );
        yield* sleep(0);
        stop = true;
      });
      expect(stop).to.equal(true);
    });
  });

  it('an event with no handler, where there are none at all', () => {
    const loop = new EventLoop({ strategy: new JumpStrategy() });
    expectError(
      thrownBy(() => loop.runSync(new Unheard() as never)),
      'ESC_NO_HANDLER',
      'Handlers are installed for: nothing.',
    );
  });

  it('all of an iterable that is no array', () => {
    const { loop } = virtualLoop();
    const run = () => loop.runSync(all(new Set([sleep(1)]) as never));
    expectError(thrownBy(run), 'ESC_NOT_A_LIST', 'all got an object of class Set, expected an array or a plain object');
  });

  it('race of something that is no coroutine', () => {
    expectError(
      thrownBy(() => virtualLoop().loop.runSync(race([5 as never]))),
      'ESC_NOT_A_COROUTINE',
    );
  });

  describe('given to run and spawn', () => {
    const cases: readonly [string, unknown, string, string][] = [
      ['an async function', async () => 1, 'the async function (anonymous)', 'Write `function*`'],
      ['a number', 5, '5', 'Pass a `function*`, or what it returns'],
      ['null', null, 'null', 'Pass a `function*`, or what it returns'],
      ['a string', 'main', '"main"', 'Pass a `function*`, or what it returns'],
    ];
    for (const [what, program, shown, advice] of cases) {
      it(`run of ${what}`, async () => {
        const { loop } = virtualLoop();
        const got = `got ${shown}, expected a coroutine, an event, or a function that makes one`;
        expectError(
          thrownBy(() => loop.runSync(program as never)),
          'ESC_NOT_A_COROUTINE',
          `runSync ${got}`,
          advice,
        );
        const error = await loop.run(program as never).catch(thrown => thrown);
        expectError(error, 'ESC_NOT_A_COROUTINE', `run ${got}`, advice);
        expect(loop.runSync(sleep(1)), 'the loop is still usable').to.equal(undefined);
      });
    }

    it('a coroutine that was used already', () => {
      const { loop } = virtualLoop();
      const used = (function* () {
        yield* sleep(1);
      })();
      loop.runSync(used);
      expectError(
        thrownBy(() => loop.runSync(used)),
        'ESC_COROUTINE_REUSED',
        'runSync got a coroutine that task "main" already runs or ran',
        'call the generator function again',
      );
    });

    it('a coroutine spawned twice, while the first goes on unharmed', () => {
      const { loop } = virtualLoop();
      const log: string[] = [];
      loop.runSync(function* () {
        const shared = (function* () {
          yield* sleep(1);
          log.push('the first goes on');
        })();
        yield* spawn(shared, { name: 'first' });
        try {
          yield* spawn(shared, { name: 'second' });
        } catch (error) {
          expectError(error, 'ESC_COROUTINE_REUSED', 'spawn got a coroutine that task "first"');
          log.push('the second is refused');
        }
      });
      expect(log).to.deep.equal(['the second is refused', 'the first goes on']);
    });
  });

  describe('when a loop is built', () => {
    it('without a strategy', () => {
      expectError(
        thrownBy(() => new EventLoop({} as never)),
        'ESC_NO_STRATEGY',
        'no sleep strategy',
        'setTimeoutModule',
      );
    });

    it('with two handlers for one event class', () => {
      class Second extends SignalHandler {}
      expectError(
        thrownBy(() => virtualLoop({ handlers: [new SignalHandler(), new Second()] })),
        'ESC_DUPLICATE_HANDLER',
        'SignalHandler and Second both handle Signal',
        'Leave one of their modules out',
      );
    });

    it('with the same handler twice', () => {
      expectError(
        thrownBy(() => virtualLoop({ handlers: [new SignalHandler(), new SignalHandler()] })),
        'ESC_DUPLICATE_HANDLER',
        'SignalHandler is installed twice, expected one handler for Signal',
        'Load its module once',
      );
    });

    it('with a handler without `handles`', () => {
      const forgetful = new SignalHandler();
      Object.defineProperty(forgetful, 'handles', { value: undefined });
      expectError(
        thrownBy(() => virtualLoop({ handlers: [forgetful] })),
        'ESC_HANDLER_FAILED',
        'SignalHandler.handles is undefined, expected an event class',
      );
    });

    it('with a handler that needs the host beside a strategy that never lets it run', () => {
      class Hosted extends SignalHandler {
        override readonly needsHost = true;
      }
      const clock = new PerformanceClock();
      for (const strategy of [new BusyWaitStrategy(clock), new AtomicsWaitStrategy(clock)]) {
        expectError(
          thrownBy(() => new EventLoop({ strategy, handlers: [new Hosted()] })),
          'ESC_INCOMPATIBLE_PLUGINS',
          "Hosted needs the host's own loop",
          `the strategy '${strategy.alias}' ${strategy.waits}`,
          'setTimeoutModule from @escapement/strategies/module;',
          'settlingTimeModule from @escapement/virtual-time/module. Sockets and pipes of @escapement/net and threads',
        );
      }
      new EventLoop({ strategy: new SetTimeoutStrategy(clock), handlers: [new Hosted()] });
    });
  });

  describe('when a loop is run', () => {
    it('run of a loop that is running, which goes on unharmed', async () => {
      const { loop } = virtualLoop();
      const result = loop.runSync(function* () {
        expectError(
          thrownBy(() => loop.runSync(sleep(1))),
          'ESC_LOOP_RUNNING',
          'runSync of a loop that is running',
        );
        yield* pause();
        return 'unharmed';
      });
      expect(result).to.equal('unharmed');
      const hosted = new EventLoop({
        strategy: new SetTimeoutStrategy(new PerformanceClock()),
        handlers: [new SleepHandler(new PerformanceClock())],
      });
      const running = hosted.run(sleep(5));
      expectError(await hosted.run(sleep(1)).catch(error => error), 'ESC_LOOP_RUNNING', 'run of a loop', 'spawn');
      await running;
    });

    it('runSync with a strategy that lets the host run', () => {
      const loop = new EventLoop({ strategy: new SetTimeoutStrategy(new PerformanceClock()) });
      expectError(
        thrownBy(() => loop.runSync(pause())),
        'ESC_NOT_SYNCHRONOUS',
        "runSync cannot use the strategy 'set-timeout'",
        'await loop.run(...)',
      );
    });

    it('a deadlock names each task and its event', () => {
      const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
      const log: string[] = [];
      const error = thrownBy(() =>
        loop.runSync(function* main() {
          const child = yield* spawn(new Signal(), { name: 'listener' });
          try {
            yield* child.join();
          } finally {
            log.push('cleaned up');
          }
        }),
      );
      expectError(
        error,
        'ESC_DEADLOCK',
        'nothing can ever happen',
        'task "main" waits for Join(task "listener")',
        'task "listener" waits for Signal()',
      );
      expect((error as DeadlockError).waits).to.have.length(2);
      expect(log).to.deep.equal(['cleaned up']);
    });

    it('a deadlock of the root task alone', () => {
      const { loop } = virtualLoop();
      expectError(
        thrownBy(() => loop.runSync(sleep(Infinity))),
        'ESC_DEADLOCK',
        'waits for SleepFor(duration=Infinity)',
      );
    });

    it('a deadlock of a thousand tasks names the first, and counts the rest', () => {
      const { loop } = virtualLoop();
      const error = thrownBy(() =>
        loop.runSync(function* () {
          for (let n = 0; n < 1000; n++) yield* spawn(sleep(Infinity));
        }),
      );
      expectError(error, 'ESC_DEADLOCK', 'is finished and waits for its children', 'and 981 more');
    });

    it('a deadlock if no handler with waits in flight can end the sleep of a strategy that blocks', () => {
      const handler = new SignalHandler();
      handler.outside = 1;
      const { loop } = virtualLoop({ handlers: [handler] });
      expectError(
        thrownBy(() => loop.runSync(new Signal())),
        'ESC_DEADLOCK',
        "the strategy 'jump' blocks until the wakeup is requested, which SignalHandler never does",
        'override beforeSleep, or set needsHost',
      );
    });

    it('no deadlock while something outside may still come', () => {
      class Outside extends SignalHandler {
        override beforeSleep(): void {}
      }
      const handler = new Outside();
      handler.outside = 1;
      const { loop, strategy } = virtualLoop({ handlers: [handler] });
      const signal = new Signal<string>();
      strategy.sleep = () => handler.waiting.get(signal)?.resolve('from outside');
      expect(loop.runSync(signal)).to.equal('from outside');
    });
  });

  describe('from a plugin that fails', () => {
    class Faulty extends SignalHandler {
      constructor(readonly fault: Exclude<keyof EventHandler, 'handles' | 'needsHost'>) {
        super();
        const fail = () => {
          throw new Error('broken');
        };
        Object.defineProperty(this, fault, { value: fail });
      }
    }

    it('arm throws: the error is thrown at the yield*', () => {
      const { loop } = virtualLoop({ handlers: [new Faulty('arm')] });
      const caught = loop.runSync(function* () {
        try {
          yield* new Signal();
        } catch (error) {
          return error as Error;
        }
        return undefined;
      });
      expectError(caught, 'ESC_HANDLER_FAILED', 'Faulty.arm threw for Signal()', 'broken', 'waiter.reject');
      expect(caught?.cause).to.have.property('message', 'broken');
    });

    for (const method of ['poll', 'nextDeadline', 'inFlight', 'beforeSleep'] as const) {
      it(`${method} throws: the tasks clean up, and run fails`, () => {
        const { loop } = virtualLoop({ handlers: [new Faulty(method)] });
        let cleaned = false;
        const error = thrownBy(() =>
          loop.runSync(function* () {
            try {
              yield* sleep(method === 'inFlight' ? Infinity : 5);
            } finally {
              cleaned = true;
            }
          }),
        );
        expectError(error, 'ESC_HANDLER_FAILED', `Faulty.${method} threw`, 'broken');
        expect(cleaned).to.equal(true);
      });
    }

    it('blockers throws: the run fails with that instead of the deadlock', () => {
      const { loop } = virtualLoop({ handlers: [new Faulty('blockers')] });
      const error = thrownBy(() => loop.runSync(new Signal()));
      expectError(error, 'ESC_HANDLER_FAILED', 'Faulty.blockers threw for Signal()', 'broken');
    });

    it('disarm or close throws: run fails although the program succeeded', () => {
      for (const method of ['disarm', 'close'] as const) {
        const { loop } = virtualLoop({ handlers: [new Faulty(method)] });
        const error = thrownBy(() =>
          loop.runSync(function* () {
            const task = yield* spawn(new Signal());
            yield* pause();
            task.cancel();
          }),
        );
        expectError(error, 'ESC_HANDLER_FAILED', `Faulty.${method} threw`);
      }
    });

    it('poll settles a task that has ended, or nextDeadline returns NaN', () => {
      class Vague extends SignalHandler {
        override nextDeadline(): Instant {
          return NaN;
        }
      }
      const { loop } = virtualLoop({ handlers: [new Vague()] });
      expectError(
        thrownBy(() => loop.runSync(sleep(1))),
        'ESC_HANDLER_FAILED',
        'returned NaN, expected an instant',
      );
    });

    it('a deadline that has passed and is never settled does not hang', () => {
      class Forgetful extends SignalHandler {
        override nextDeadline(): Instant {
          return -1;
        }
      }
      const { loop } = virtualLoop({ handlers: [new Forgetful()] });
      expectError(
        thrownBy(() => loop.runSync(new Signal())),
        'ESC_HANDLER_FAILED',
        'Forgetful.poll',
        'settled nothing',
      );
    });

    it('a strategy throws or rejects: the tasks clean up, and run fails', async () => {
      class Broken extends JumpStrategy {
        override sleep(): never {
          throw new Error('no rest');
        }
      }
      const strategy = new Broken();
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
      let cleaned = false;
      const error = thrownBy(() =>
        loop.runSync(function* () {
          try {
            yield* sleep(1);
          } finally {
            cleaned = true;
          }
        }),
      );
      expectError(error, 'ESC_STRATEGY_FAILED', "the strategy 'jump' threw: no rest");
      expect(cleaned).to.equal(true);

      class Rejecting extends SleepStrategy {
        override readonly alias = 'rejecting';
        override readonly waits = 'yields';
        override readonly clock = new VirtualClock();
        override sleep(): Promise<void> {
          return Promise.reject(new Error('no rest'));
        }
      }
      const rejecting = new EventLoop({ strategy: new Rejecting(), handlers: [new SleepHandler(new VirtualClock())] });
      const rejected = await rejecting.run(sleep(1)).catch(caught => caught);
      expectError(rejected, 'ESC_STRATEGY_FAILED', "the strategy 'rejecting' rejected: no rest");
    });

    it('a clean-up that needs the broken plugin is abandoned, and reported', () => {
      class Broken extends JumpStrategy {
        override sleep(): never {
          throw new Error('no rest');
        }
      }
      const strategy = new Broken();
      const loop = new EventLoop({
        strategy,
        handlers: [new SleepHandler(strategy.clock), new SignalHandler()],
      });
      const error = thrownBy(() =>
        loop.runSync(function* () {
          try {
            yield* sleep(1);
          } catch {
            // Cancelled again and again, until it lets go.
            yield* sleep(1);
          }
        }),
      );
      expectError(error, 'ESC_STRATEGY_FAILED', 'no rest');
    });

    it('a strategy that blocks returns a promise', () => {
      class Promising extends JumpStrategy {
        override sleep(): Promise<void> {
          return Promise.resolve();
        }
      }
      const strategy = new Promising();
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
      expectError(
        thrownBy(() => loop.runSync(sleep(1))),
        'ESC_STRATEGY_FAILED',
        'returned a promise although it says that it blocks',
      );
    });

    for (const waits of ['spins', 'blocks'] as const) {
      it(`a strategy that ${waits} and returns early for ever while its clock stands still`, () => {
        class Restless extends SleepStrategy {
          override readonly alias = 'restless';
          override readonly waits: Waits = waits;
          override readonly clock = new VirtualClock();
          override sleep(): void {}
        }
        const strategy = new Restless();
        const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
        expectError(
          thrownBy(() => loop.runSync(sleep(1))),
          'ESC_STRATEGY_STALLED',
          `the strategy 'restless' (${waits}) returned early 10000 times in a row`,
        );
      });
    }

    it('a strategy may return early for a while', () => {
      class Slices extends JumpStrategy {
        override sleep(until: Instant): void {
          this.clock.time = Math.min(until, this.clock.time + 0.1);
        }
      }
      const strategy = new Slices();
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
      loop.runSync(sleep(2000));
      expect(strategy.clock.time).to.be.closeTo(2000, 0.001);
    });

    it('a policy that throws, or loses tasks', () => {
      class Amnesic extends SchedulingPolicy {
        override readonly alias = 'amnesic';
        override add(): void {}
        override next(): Task | undefined {
          return undefined;
        }
      }
      const { loop } = virtualLoop({ policy: new Amnesic() });
      expectError(
        thrownBy(() => loop.runSync(sleep(1))),
        'ESC_POLICY_FAILED',
        "'amnesic' lost 1 ready task",
      );
      expect(runningTask(), 'after a turn that broke').to.equal(undefined);
    });
  });
});
