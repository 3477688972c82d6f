import * as sync from '@escapement/sync';
import { expect } from 'chai';
import * as e from 'escapement';
import { HOSTILE } from '../support/hostile-values.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy } from '../support/virtual-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: what is thrown and returned is of any type
type Anything = any;
type Program = () => e.Coroutine<unknown, Anything>;

/** Longer messages drown what they say. */
const LONGEST = 2000;

function loopFor(debug: boolean, options: object = {}): Anything {
  const strategy = new JumpStrategy();
  const handlers = [new e.SleepHandler(strategy.clock), new sync.SyncHandler(), new SignalHandler()];
  const instruments = [{ warned() {} }, ...(debug ? e.debugging(strategy.clock) : [])];
  return new e.EventLoop({ strategy, handlers, instruments, ...options } as Anything);
}

function throwing(value: unknown): Program {
  return function* thrower() {
    yield* e.pause();
    throw value;
  };
}

function returning(value: unknown): Program {
  return function* () {
    yield* e.pause();
    return value;
  };
}

/** A function instead of the value, which `yield*` of a list would look into. */
function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** What runs a body and passes its value and its error on, each as it is. */
const TRANSPARENT: Readonly<Record<string, (body: Program) => Anything>> = {
  'the body itself': body => body(),
  scope: e.scope,
  shield: e.shield,
  supervise: e.supervise,
  call: e.call,
  all: body => firstOf(e.all([body])),
  race: body => e.race([body]),
  map: body => firstOf(e.map([1], body)),
  timeout: body => e.timeout(1000, body),
  deadline: body => e.deadline(1000, body),
  retry: body => e.retry(body, { attempts: 2 }),
  withContext: body => e.withContext(new e.ContextKey('key'), 1, body),
  'lock.with': body => new sync.Lock().with(body),
  'semaphore.with': body => new sync.Semaphore(1).with(body),
  'a joined task': body => joined(body),
  'two scopes': body => e.scope(() => e.scope(body)),
};

function* firstOf(list: Anything): e.Coroutine<unknown, Anything> {
  return (yield* list)[0];
}

function* joined(body: Program): e.Coroutine<unknown, Anything> {
  return yield* (yield* e.spawn(body)).join();
}

/** What becomes of the value in other places: `expected` gets what the run throws. */
const THROWN: Readonly<Record<string, (value: unknown, debug: boolean) => void>> = {
  'by all contestants of any': (value, debug) => {
    const error = thrownBy(() => loopFor(debug).runSync(e.any([throwing(value), throwing(value)]))) as AggregateError;
    expect(error.errors).to.have.length(2);
    for (const one of error.errors) expectSame(one, value);
  },
  'into allSettled': (value, debug) => {
    const [outcome] = loopFor(debug).runSync(e.allSettled([throwing(value)]));
    expect(outcome.state).to.equal('failed');
    expectSame(outcome.error, value);
  },
  'by two children, one after the other cancelled it': (value, debug) => {
    const other = new Error('of the sibling');
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        yield* e.spawn(function* () {
          try {
            yield* e.sleep(5);
          } finally {
            // biome-ignore lint/correctness/noUnsafeFinally: a clean-up that fails
            throw other;
          }
        });
        yield* e.spawn(throwing(value));
      }),
    ) as AggregateError;
    expectBounded(error);
    expectSame(error.errors[0], value);
    expectSame(error.errors[1], other);
  },
  'by a clean-up, beside an error of the body': (value, debug) => {
    const other = new Error('of the body');
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        yield* e.ensure(throwing(value));
        throw other;
      }),
    ) as AggregateError;
    expectBounded(error);
    expect(error.errors).to.have.length(2);
    expectSame(error.errors[0], other);
    expectSame(error.errors[1], value);
  },
  'by a cancel listener': (value, debug) => {
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        const task: e.Task = yield* e.spawn(function* (): e.Coroutine<void, Anything> {
          yield* e.onCancel(() => {
            throw value;
          });
          yield* e.sleep(5);
        });
        yield* e.pause();
        task.cancel();
      }),
    );
    expectSame(error, value);
  },
  'by a deferred action': (value, debug) => {
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        (yield* e.currentTask()).defer(() => {
          throw value;
        });
        yield* e.sleep(5);
      }),
    );
    expectSame(error, value);
  },
  'by the listener of supervise': (value, debug) => {
    const ended = () => {
      throw value;
    };
    const run = () => loopFor(debug).runSync(e.supervise(() => e.spawn(returning(1)), { ended }));
    expectSame(thrownBy(run), value);
  },
  'by a handler': (value, debug) => {
    class Faulty extends SignalHandler {
      override arm(): never {
        throw value;
      }
    }
    const error = thrownBy(() => loopFor(debug, { handlers: [new Faulty()] }).runSync(new Signal()));
    expect(error).to.be.instanceOf(e.HandlerError);
    expectSame((error as Error).cause, value);
    expectBounded(error);
  },
  'by each other method of a handler': (value, debug) => {
    for (const method of ['poll', 'nextDeadline', 'inFlight', 'close', 'disarm', 'interrupt']) {
      const faulty = new SignalHandler();
      const handler = Object.assign(faulty, {
        [method]: () => {
          throw value;
        },
      });
      const error = thrownBy(() =>
        loopFor(debug, { handlers: [handler] }).runSync(function* (): e.Coroutine<void, Anything> {
          const task = yield* e.spawn(new Signal());
          yield* e.pause();
          if (method === 'disarm' || method === 'interrupt') task.cancel();
          else yield* new Signal();
        }),
      );
      expect(errorsIn(error).map(one => (one as Error).constructor)).to.include(e.HandlerError, method);
      expectBounded(error);
    }
  },
  'by a strategy': (value, debug) => {
    const strategy = Object.assign(new JumpStrategy(), {
      sleep: () => {
        throw value;
      },
    });
    const handlers = [new e.SleepHandler(strategy.clock)];
    const error = thrownBy(() => loopFor(debug, { strategy, handlers }).runSync(e.sleep(5)));
    expect(errorsIn(error)[0]).to.be.instanceOf(e.StrategyError);
    expectBounded(error);
  },
  'by a policy': (value, debug) => {
    let calls = 0;
    const policy = Object.assign(new e.FifoPolicy(), {
      next(this: e.FifoPolicy) {
        if (++calls === 2) throw value;
        return e.FifoPolicy.prototype.next.call(this);
      },
    });
    const program = () => e.all([returning(1), returning(2)]);
    const error = thrownBy(() => loopFor(debug, { policy }).runSync(program));
    expect(errorsIn(error)[0]).to.be.instanceOf(e.PolicyError);
    expectBounded(error);
  },
  'by an instrument': (value, debug) => {
    const instrument: e.Instrument = {
      stepEnded() {
        throw value;
      },
      warned() {},
    };
    expect(loopFor(debug, { instruments: [instrument, { warned() {} }] }).runSync(returning(5))).to.equal(5);
  },
};

const OTHERWISE: typeof THROWN = {
  'as the reason of a cancellation is in the result and in the errors of joiners': (value, debug) => {
    loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
      const task: e.Task = yield* e.spawn(e.sleep(5));
      yield* e.pause();
      task.cancel(value);
      try {
        yield* task.join();
        expect.fail('the join must throw');
      } catch (error) {
        expect(error).to.be.instanceOf(e.TaskCancelledError);
        expectSame((error as Error).cause, reasonOf(value));
        expectBounded(error);
      }
      expectSame((task.result as Anything).reason, reasonOf(value));
    });
  },
  'as the reason of the cancellation of a run': (value, debug) => {
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        (yield* e.currentTask()).cancel(value);
        yield* e.sleep(5);
      }),
    );
    expect(error).to.be.instanceOf(e.Cancelled);
    expectSame((error as e.Cancelled).reason, reasonOf(value));
    expectBounded(error);
  },
  'stored in an event shows up in a deadlock': (value, debug) => {
    class Odd extends Signal<unknown> {
      constructor(readonly stored: unknown) {
        super();
      }
    }
    const error = thrownBy(() => loopFor(debug).runSync(new Odd(value)));
    expect(error).to.be.instanceOf(e.DeadlockError);
    expectBounded(error);
  },
  'as the kind of an event': (value, debug) => {
    class Odd extends e.LoopEvent<void> {
      readonly kind = value as string;
    }
    const error = thrownBy(() => loopFor(debug).runSync(new Odd()));
    expect(error).to.be.instanceOf(e.NoHandlerError);
    expectBounded(error);
  },
  'as the class of an event': (value, debug) => {
    class Odd extends e.LoopEvent<void> {
      readonly kind = 'odd';
    }
    const odd = Object.defineProperty(new Odd(), 'constructor', { value });
    expectBounded(thrownBy(() => loopFor(debug).runSync(odd)));
  },
  'in an event whose toString returns it': (value, debug) => {
    class Odd extends Signal {
      override toString(): string {
        return value as string;
      }
    }
    expectBounded(thrownBy(() => loopFor(debug).runSync(new Odd())));
  },
  'yielded is refused': (value, debug) => {
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        yield value;
      }),
    );
    expect(error).to.be.instanceOf(e.NotAnEventError);
    expectBounded(error);
  },
  'yielded by a cancelled task again and again': (value, debug) => {
    const error = thrownBy(() =>
      loopFor(debug).runSync(function* (): e.Coroutine<void, Anything> {
        const task: e.Task = yield* e.spawn(function* (): e.Coroutine<void, Anything> {
          for (;;) {
            try {
              yield value;
            } catch {}
          }
        });
        yield* e.pause();
        task.cancel(value);
      }),
    );
    expect(error).to.be.instanceOf(e.CancellationIgnoredError);
    expectBounded(error);
  },
  'in a context comes back as it is': (value, debug) => {
    const key = new e.ContextKey<unknown>('key');
    const read = () => e.getContext(key);
    const inner = loopFor(debug).runSync(e.withContext(key, value, () => boxed(read())));
    expectSame(inner[0], value);
    expectSame(loopFor(debug).runSync(boxed(e.getContext(new e.ContextKey('key', value))))[0], value);
  },
  'in a queue comes back as it is': (value, debug) => {
    const queue = new sync.Queue<unknown>();
    queue.tryPut(value);
    expectSame(loopFor(debug).runSync(boxed(queue.get()))[0], value);
  },
  'settling a wait is its value, or its error': (value, debug) => {
    class Settles extends SignalHandler {
      constructor(readonly isError: boolean) {
        super();
      }
      override arm(_event: Signal<unknown>, waiter: e.Waiter<unknown>): void {
        if (this.isError) waiter.reject(value);
        else waiter.resolve(value);
      }
    }
    const run = (isError: boolean) => loopFor(debug, { handlers: [new Settles(isError)] }).runSync(boxed(new Signal()));
    expectSame(run(false)[0], value);
    expectSame(
      thrownBy(() => run(true)),
      value,
    );
  },
};

/** A reason that is left out has a default. */
function reasonOf(value: unknown): unknown {
  return value === undefined ? 'cancel() was called' : value;
}

function* boxed(body: Anything): e.Coroutine<[unknown], Anything> {
  return [yield* body];
}

/** Not `equal` of chai, which looks at what it prints. */
function expectSame(found: unknown, expected: unknown): void {
  expect(Object.is(found, expected), 'the same value').to.equal(true);
}

function errorsIn(error: unknown): readonly unknown[] {
  return error instanceof AggregateError ? error.errors : [error];
}

function expectBounded(error: unknown): void {
  expect(error).to.be.instanceOf(Error);
  expect((error as Error).message.length).to.be.at.most(LONGEST);
  expect(String((error as Error).stack).length).to.be.at.most(10 * LONGEST);
}

/** Calls `check` with a new value of each kind, with and without debug. Afterwards nothing of the process has changed. */
function forAll(check: (value: unknown, debug: boolean) => void): void {
  for (const [what, make] of Object.entries(HOSTILE)) {
    for (const debug of [false, true]) {
      const { stackTraceLimit } = Error;
      try {
        check(make(), debug);
      } catch (fault) {
        throw new Error(`${what}${debug ? ' with debug' : ''}: ${e.describe(fault)}`, { cause: fault });
      }
      expect(Error.stackTraceLimit).to.equal(stackTraceLimit);
    }
  }
}

describe('a hostile value, with and without debug,', () => {
  for (const [name, run] of Object.entries(TRANSPARENT)) {
    it(`thrown inside of ${name} comes out as it is`, () => {
      forAll((value, debug) => {
        const loop = loopFor(debug);
        expectSame(
          thrownBy(() => loop.runSync(run(throwing(value)))),
          value,
        );
        expect(loop.runSync(returning(5)), 'the loop works afterwards').to.equal(5);
      });
    });

    it(`returned inside of ${name} comes out as it is`, () => {
      forAll((value, debug) => expectSame(loopFor(debug).runSync(boxed(run(returning(value))))[0], value));
    });
  }

  for (const [place, check] of Object.entries(THROWN)) it(`thrown ${place} is not lost`, () => forAll(check));
  for (const [place, check] of Object.entries(OTHERWISE)) it(place, () => forAll(check));
});
