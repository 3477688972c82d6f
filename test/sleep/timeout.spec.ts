import { expect } from 'chai';
import {
  all,
  Cancelled,
  type Coroutine,
  deadline,
  InvalidTimeError,
  map,
  type Now,
  now,
  type Program,
  pause,
  race,
  type Scope,
  type SleepFor,
  shield,
  sleep,
  sleepUntil,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function* after<T>(duration: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(duration);
  return value;
}

function* failAfter(duration: number, message: string): Coroutine<never, SleepFor> {
  yield* sleep(duration);
  throw new Error(message);
}

function* slowToEnd(log: string[], cleanup: number): Coroutine<void, SleepFor | Scope | Now> {
  try {
    yield* sleep(1000);
  } finally {
    yield* shield(sleep(cleanup));
    log.push(`cleaned up at ${yield* now()}`);
  }
}

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return expect.fail('expected an error');
}

describe('timeout', () => {
  it('evaluates to the value of a body that is done in time', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(timeout(5, after(3, 'value')))).to.equal('value');
    expect(clock.time).to.equal(3);
  });

  it('throws the error of a body that fails in time', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(timeout(5, failAfter(3, 'own')))).to.throw(Error, 'own');
  });

  it('throws a TimeoutError that names the duration and the task', () => {
    const { loop, clock } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* fetching() {
        yield* sleep(2);
        yield* timeout(5, sleep(1000));
      }),
    ) as TimeoutError;
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.code).to.equal('ESC_TIMEOUT');
    expect(error.deadline).to.equal(7);
    expect(error.message).to.include('the timeout of 5 ms of task "fetching" expired');
    expect(clock.time).to.equal(7);
  });

  it('throws a TimeoutError that names the function that took too long', () => {
    const messageOf = (body: Program<void, SleepFor>) => {
      const error = thrownBy(() =>
        virtualLoop().loop.runSync(function* fetching() {
          yield* timeout(5, body);
        }),
      );
      return (error as TimeoutError).message;
    };
    function* fetchPage() {
      yield* sleep(1000);
    }
    expect(messageOf(fetchPage)).to.include(
      'the timeout of 5 ms of task "fetching" expired before fetchPage was done.',
    );
    const misnamed = Object.defineProperty(() => sleep(1000), 'name', { value: 7 });
    for (const body of [sleep(1000), () => sleep(1000), misnamed, fetchPage()]) {
      expect(messageOf(body)).to.include('of task "fetching" expired before its work was done.');
    }
  });

  it('throws when its body has ended, including its shielded clean-up', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    expect(() => loop.runSync(timeout(5, slowToEnd(log, 4)))).to.throw(TimeoutError);
    expect(log).to.deep.equal(['cleaned up at 9']);
    expect(clock.time).to.equal(9);
  });

  it('ends the tasks that its body spawned, too', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* body() {
      yield* spawn(slowToEnd(log, 4));
      yield* sleep(1000);
    }
    expect(() => loop.runSync(timeout(5, body()))).to.throw(TimeoutError);
    expect(log).to.deep.equal(['cleaned up at 9']);
  });

  it('expires for a body that has returned and whose children go on, too', () => {
    const { loop, clock } = virtualLoop();
    function* body() {
      yield* spawn(sleep(1000));
      return 'value';
    }
    expect(() => loop.runSync(timeout(5, body()))).to.throw(TimeoutError);
    expect(clock.time).to.equal(5);
  });

  it('expires for all(), race() and map() as for any other body', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(timeout(5, all([after(9, 1), after(8, 2)])))).to.throw(TimeoutError);
    expect(() => loop.runSync(timeout(5, race([after(9, 1), after(8, 2)])))).to.throw(TimeoutError);
    expect(() =>
      loop.runSync(
        timeout(
          5,
          map([9, 8], item => after(item, item)),
        ),
      ),
    ).to.throw(TimeoutError);
  });

  it('can be caught, and the task goes on', () => {
    const { loop, clock } = virtualLoop();
    const value = loop.runSync(function* () {
      try {
        yield* timeout(5, sleep(1000));
      } catch (error) {
        yield* sleep(1);
        return (error as TimeoutError).code;
      }
      return undefined;
    });
    expect(value).to.equal('ESC_TIMEOUT');
    expect(clock.time).to.equal(6);
  });

  it('of Infinity never expires', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(timeout(Infinity, after(1e9, 'value')))).to.equal('value');
    expect(clock.time).to.equal(1e9);
  });

  it('of 0 does not expire for a body that need not wait, or only until the next turn', () => {
    const { loop } = virtualLoop();
    function* atOnce(): Coroutine<string> {
      return 'at once';
    }
    expect(loop.runSync(timeout(0, atOnce()))).to.equal('at once');
    expect(loop.runSync(timeout(0, after(0, 'next turn')))).to.equal('next turn');
    expect(() => loop.runSync(timeout(0, sleep(0.001)))).to.throw(TimeoutError, '0 ms');
  });

  for (const duration of [Number.NaN, -1, -Infinity, '5' as unknown as number]) {
    it(`refuses ${typeof duration} ${duration}, and does not start the body`, () => {
      const { loop } = virtualLoop();
      let started = false;
      function* body() {
        started = true;
        yield* pause();
      }
      expect(() => loop.runSync(timeout(duration, body()))).to.throw(InvalidTimeError);
      expect(started).to.equal(false);
    });
  }

  it('leaves no timer behind: virtual time does not jump to it', () => {
    const { loop, clock, strategy } = virtualLoop();
    loop.runSync(function* () {
      yield* timeout(1000, after(3, 'value'));
      try {
        yield* timeout(1000, failAfter(3, 'own'));
      } catch {}
      yield* race([timeout(1000, sleep(900)), sleep(1)]);
    });
    expect(clock.time).to.equal(7);
    expect(strategy.sleeps).to.deep.equal([3, 6, 7]);
  });

  it('works on a bare event, and disarms it', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    expect(() => loop.runSync(timeout(5, new Signal()))).to.throw(TimeoutError);
    expect(handler.log).to.deep.equal(['arm', 'disarm', 'close']);
  });
});

describe('nested timeouts', () => {
  function* nested(outer: number, inner: number) {
    const log: string[] = [];
    try {
      yield* timeout(
        outer,
        (function* () {
          try {
            yield* timeout(inner, sleep(1000));
          } catch (error) {
            log.push(`inner ${error instanceof TimeoutError ? error.deadline : (error as Error).constructor.name}`);
            throw error;
          }
        })(),
      );
    } catch (error) {
      log.push(`outer ${(error as TimeoutError).deadline}`);
    }
    return [...log, `at ${yield* now()}`];
  }

  it('throw at the inner one when it expires first', () => {
    expect(virtualLoop().loop.runSync(nested(9, 5))).to.deep.equal(['inner 5', 'outer 5', 'at 5']);
  });

  it('throw at the outer one when it expires first: the inner one sees a cancellation', () => {
    expect(virtualLoop().loop.runSync(nested(5, 9))).to.deep.equal(['inner Cancelled', 'outer 5', 'at 5']);
  });

  it('throw at the outer one when both expire at the same instant', () => {
    expect(virtualLoop().loop.runSync(nested(5, 5))).to.deep.equal(['inner Cancelled', 'outer 5', 'at 5']);
  });

  it('keep the inner error when the body recovers from it in time', () => {
    const { loop } = virtualLoop();
    function* body() {
      try {
        yield* timeout(3, sleep(1000));
      } catch {
        return yield* after(1, 'recovered');
      }
      return undefined;
    }
    expect(loop.runSync(timeout(5, body()))).to.equal('recovered');
  });
});

describe('deadline', () => {
  it('is a timeout with the instant on the clock', () => {
    const { loop, clock } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* () {
        yield* sleep(2);
        expect(yield* deadline(7, after(4, 'in time'))).to.equal('in time');
        yield* deadline(7, sleep(1000));
      }),
    );
    expect(error).to.be.instanceOf(TimeoutError).with.property('deadline', 7);
    expect((error as Error).message).to.include('the deadline at 7');
    expect(clock.time).to.equal(7);
  });

  it('that has passed cancels the body at its first wait that takes time', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    function* body() {
      log.push('started');
      yield* sleep(1);
    }
    loop.runSync(function* () {
      yield* sleep(9);
      try {
        yield* deadline(5, body());
      } catch (error) {
        log.push((error as TimeoutError).code);
      }
    });
    expect(log).to.deep.equal(['started', 'ESC_TIMEOUT']);
    expect(clock.time).to.equal(9);
  });

  it('of Infinity never expires, and NaN is refused', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(deadline(Infinity, after(1, 'value')))).to.equal('value');
    expect(() => loop.runSync(deadline(Number.NaN, sleep(1)))).to.throw(InvalidTimeError);
  });
});

describe('a timeout and a body that is done at the same instant', () => {
  it('lose no value: the body wins if that wait is its last, whichever timer was set first', () => {
    const { loop } = virtualLoop();
    function* inTwo() {
      yield* sleep(2);
      return yield* after(3, 'value');
    }
    expect(loop.runSync(timeout(5, after(5, 'value')))).to.equal('value');
    expect(loop.runSync(timeout(5, inTwo()))).to.equal('value');
  });

  it('lose no value that comes through a scope', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(timeout(5, timeout(9, after(5, 'value'))))).to.equal('value');
    expect(loop.runSync(timeout(5, shield(after(5, 'value'))))).to.equal('value');
  });

  it('lose no values that come through all()', () => {
    const { loop } = virtualLoop();
    function* inTwo() {
      yield* sleep(2);
      return yield* after(3, 'value');
    }
    expect(loop.runSync(timeout(5, all([inTwo(), inTwo()])))).to.deep.equal(['value', 'value']);
  });

  it('time out if the body waits again', () => {
    const { loop } = virtualLoop();
    function* more() {
      yield* sleepUntil(5);
      yield* sleep(0);
    }
    expect(() => loop.runSync(timeout(5, more()))).to.throw(TimeoutError);
  });

  it('lose no error of the body', () => {
    const { loop } = virtualLoop();
    function* inTwo() {
      yield* sleep(2);
      yield* failAfter(3, 'own');
    }
    expect(() => loop.runSync(timeout(5, failAfter(5, 'own')))).to.throw(Error, 'own');
    expect(() => loop.runSync(timeout(5, inTwo()))).to.throw(Error, 'own');
  });
});

describe('a timeout and a cancellation', () => {
  /** The timer of the timeout is set before that of the canceller, or after. */
  function* atTheSameInstant(isTimeoutFirst: boolean, body: () => Coroutine<unknown, SleepFor | Scope>) {
    const log: string[] = [];
    const task = yield* spawn(
      (function* () {
        try {
          yield* timeout(5, body());
        } catch (error) {
          log.push((error as Error).constructor.name);
          throw error;
        }
      })(),
    );
    if (isTimeoutFirst) for (let n = 0; n < 5; n++) yield* pause();
    yield* sleepUntil(5);
    task.cancel('outside');
    yield* sleep(100);
    return { result: task.result, log };
  }

  for (const isTimeoutFirst of [true, false]) {
    it(`at the same instant are a cancellation, the ${isTimeoutFirst ? 'timeout' : 'cancellation'} first (cpython#86296)`, () => {
      const { result, log } = virtualLoop().loop.runSync(atTheSameInstant(isTimeoutFirst, () => after(1000, 'never')));
      expect(result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
      expect(log).to.deep.equal(['Cancelled']);
    });

    it(`are a cancellation, at the next suspension at the latest, if the body is done then, the ${isTimeoutFirst ? 'timeout' : 'cancellation'} first (cpython#86296)`, () => {
      const { loop } = virtualLoop();
      const log: string[] = [];
      const task = loop.runSync(function* () {
        const child = yield* spawn(
          (function* () {
            log.push(yield* timeout(5, after(5, 'value')));
            yield* pause();
            log.push('never');
          })(),
        );
        if (isTimeoutFirst) for (let n = 0; n < 5; n++) yield* pause();
        yield* sleepUntil(5);
        child.cancel('outside');
        return child;
      });
      expect(log).not.to.include('never');
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
    });
  }

  it('that comes while the body still cleans up after the timeout are a cancellation', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(timeout(5, slowToEnd(log, 10)));
      yield* sleep(8);
      child.cancel('outside');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
    expect(log).to.deep.equal(['cleaned up at 15']);
    expect(clock.time).to.equal(15);
  });

  it('before the timeout expires are a cancellation, after the clean-up', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(timeout(5, slowToEnd(log, 10)));
      yield* sleep(2);
      child.cancel('outside');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
    expect(clock.time).to.equal(12);
  });
});

describe('timeout and shield', () => {
  it('a timeout inside a shield works in a task that is cancelled', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            try {
              yield* shield(timeout(5, sleep(1000)));
            } catch (error) {
              log.push((error as Error).constructor.name);
            }
          }
        })(),
      );
      yield* sleep(2);
      child.cancel('outside');
      return child;
    });
    expect(log).to.deep.equal(['TimeoutError']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'outside' });
    expect(clock.time).to.equal(7);
  });

  it('a shield inside a timeout is waited for, and its value returned if the body does not wait again', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(timeout(5, shield(after(8, 'value'))))).to.equal('value');
    expect(clock.time).to.equal(8);
  });

  it('a shield inside a timeout is not cut short, and the timeout expires after it', () => {
    const { loop, clock } = virtualLoop();
    function* body() {
      yield* shield(sleep(8));
      yield* pause();
    }
    expect(() => loop.runSync(timeout(5, body()))).to.throw(TimeoutError);
    expect(clock.time).to.equal(8);
  });
});

describe('a body that resists its timeout', () => {
  it('and returns a value: the value is returned, with a warning', () => {
    const { loop, warnings } = virtualLoop();
    function* swallows() {
      try {
        yield* sleep(1000);
      } catch (error) {
        expect(error).to.be.instanceOf(Cancelled);
      }
      return 'all the same';
    }
    expect(loop.runSync(timeout(5, swallows()))).to.equal('all the same');
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_CANCELLATION_SWALLOWED']);
  });

  it('and fails in its clean-up: its error is thrown, not lost', () => {
    const { loop } = virtualLoop();
    function* failsToClean() {
      try {
        yield* sleep(1000);
      } finally {
        yield* shield(failAfter(1, 'clean-up'));
      }
    }
    expect(() => loop.runSync(timeout(5, failsToClean()))).to.throw(Error, 'clean-up');
  });
});
