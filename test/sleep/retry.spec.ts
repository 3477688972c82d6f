import { expect } from 'chai';
import {
  type Coroutine,
  exponential,
  InvalidCountError,
  InvalidTimeError,
  moveOnAfter,
  pause,
  retry,
  type SleepFor,
  sleep,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';
import fc from 'fast-check';
import { virtualLoop } from '../support/virtual-loop.js';

/** Fails until the given attempt. */
function* succeedsAt(wanted: number, number: number): Coroutine<string, SleepFor> {
  yield* sleep(1);
  if (number < wanted) throw new Error(`attempt ${number}`);
  return `value of ${number}`;
}

describe('retry', () => {
  it('evaluates to the value of the first attempt that succeeds', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(retry(number => succeedsAt(1, number)))).to.equal('value of 1');
    expect(clock.time).to.equal(1);
    expect(loop.runSync(retry(number => succeedsAt(3, number)))).to.equal('value of 3');
    expect(clock.time).to.equal(4);
  });

  it('throws the error of the last attempt, by default the third', () => {
    const { loop } = virtualLoop();
    const numbers: number[] = [];
    const failing = retry(number => {
      numbers.push(number);
      return succeedsAt(99, number);
    });
    expect(() => loop.runSync(failing)).to.throw('attempt 3');
    expect(numbers).to.deep.equal([1, 2, 3]);
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), { attempts: 1 }))).to.throw('attempt 1');
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), { attempts: 7 }))).to.throw('attempt 7');
  });

  it('tries again, too, when the function itself throws', () => {
    const { loop } = virtualLoop();
    const value = loop.runSync(
      retry(number => {
        if (number === 1) throw new Error('not even made');
        return succeedsAt(2, number);
      }),
    );
    expect(value).to.equal('value of 2');
  });

  it('goes on until the limit around it, with Infinity attempts', () => {
    const { loop, clock } = virtualLoop();
    let last = 0;
    const limited = moveOnAfter(
      95,
      retry(
        number => {
          last = number;
          return succeedsAt(99, number);
        },
        { attempts: Infinity, backoff: () => 9 },
      ),
    );
    expect(loop.runSync(limited)).to.equal(undefined);
    expect([last, clock.time]).to.deep.equal([10, 95]);
  });

  it('waits for the backoff between the attempts, and not after the last', () => {
    const { loop, strategy } = virtualLoop();
    const backoff = (attempt: number) => attempt * 10;
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), { backoff }))).to.throw('attempt 3');
    expect(strategy.sleeps).to.deep.equal([1, 11, 12, 32, 33]);
  });

  it('does not try again if `when` returns false', () => {
    const { loop, clock } = virtualLoop();
    const when = (error: unknown) => (error as Error).message !== 'attempt 2';
    const options = { attempts: 9, when };
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), options))).to.throw('attempt 2');
    expect(clock.time).to.equal(2);
  });

  it('never tries again after a cancellation, in an attempt or between two', () => {
    for (const cancelAt of [0.5, 5]) {
      const { loop } = virtualLoop();
      let attempts = 0;
      const task = loop.runSync(function* () {
        const child = yield* spawn(
          retry(
            number => {
              attempts++;
              return succeedsAt(99, number);
            },
            { backoff: () => 10, when: () => true },
          ),
        );
        yield* sleep(cancelAt);
        child.cancel('enough');
        return child;
      });
      expect(attempts).to.equal(1);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    }
  });

  it('works with timeouts, inside and outside', () => {
    const { loop, clock } = virtualLoop();
    const slowTwice = (number: number) => timeout(5, sleep(number < 3 ? 1000 : 1));
    loop.runSync(retry(slowTwice));
    expect(clock.time).to.equal(11);
    expect(() =>
      loop.runSync(
        timeout(
          7,
          retry(() => timeout(5, sleep(1000))),
        ),
      ),
    ).to.throw(TimeoutError, '7 ms');
    expect(clock.time).to.equal(18);
  });

  it('does not go on after a cancellation, and does not lose what the attempt threw in its clean-up', () => {
    const { loop, warnings } = virtualLoop();
    let attempts = 0;
    function* failsToClean(): Coroutine<void, SleepFor> {
      attempts++;
      try {
        yield* sleep(1000);
      } catch {
        throw new Error('lost connection');
      }
    }
    const cancelling = function* () {
      const child = yield* spawn(retry(failsToClean, { backoff: () => 10 }));
      yield* pause();
      child.cancel();
    };
    expect(() => loop.runSync(cancelling)).to.throw('lost connection');
    expect(attempts).to.equal(1);
    expect(warnings).to.deep.equal([]);
  });

  it('throws the error of an invalid backoff', () => {
    const { loop } = virtualLoop();
    const options = { backoff: () => Number.NaN };
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), options))).to.throw(InvalidTimeError);
  });

  for (const attempts of [0, -1, 1.5, Number.NaN]) {
    it(`refuses ${attempts} attempts, before the first`, () => {
      const { loop } = virtualLoop();
      let started = false;
      const refused = retry(
        () => {
          started = true;
          return sleep(1);
        },
        { attempts },
      );
      expect(() => loop.runSync(refused)).to.throw(InvalidCountError, `attempts of retry is ${attempts}`);
      expect(started).to.equal(false);
    });
  }
});

describe('exponential', () => {
  it('doubles', () => {
    expect([1, 2, 3, 4, 5].map(exponential(100))).to.deep.equal([100, 200, 400, 800, 1600]);
  });

  it('never exceeds `most`', () => {
    expect([1, 2, 3, 4].map(exponential(100, 350))).to.deep.equal([100, 200, 350, 350]);
    expect(exponential(100, 350)(5000)).to.equal(350);
  });

  it('shortens each wait by up to the share that jitter gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 10_000 }),
        (attempt, jitter, most) => {
          const whole = exponential(10, most)(attempt);
          const spread = exponential(10, most, jitter)(attempt);
          expect(spread).to.be.at.most(whole);
          expect(spread).to.be.at.least(whole * (1 - jitter) - 1e-9);
        },
      ),
    );
    const waits = new Set(Array.from({ length: 50 }, () => exponential(100, Infinity, 0.5)(1)));
    expect(waits.size).to.be.above(10);
  });

  it('takes the random part from the function that it gets', () => {
    const numbers = [0, 0.25, 0.75];
    const backoff = exponential(100, Infinity, 0.5, () => numbers.shift()!);
    expect([1, 2, 3].map(backoff)).to.deep.equal([100, 175, 250]);
    expect(() => exponential(100, Infinity, 0.5, 7 as never)).to.throw('random of exponential');
  });

  it('is a backoff', () => {
    const { loop, clock } = virtualLoop();
    const options = { attempts: 5, backoff: exponential(10, 40) };
    expect(() => loop.runSync(retry(number => succeedsAt(99, number), options))).to.throw('attempt 5');
    expect(clock.time).to.equal(5 + 10 + 20 + 40 + 40);
  });
});
