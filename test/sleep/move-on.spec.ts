import { expect } from 'chai';
import {
  type Cancelled,
  type Coroutine,
  createLoop,
  currentTask,
  deadline,
  type Instant,
  InvalidTimeError,
  type Limit,
  moveOnAfter,
  moveOnAt,
  now,
  pause,
  type Scope,
  type SleepFor,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';
import { needsGc } from '../support/needs-gc.js';
import { virtualLoop } from '../support/virtual-loop.js';

function* after<T>(duration: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(duration);
  return value;
}

function* slowToEnd(log: string[], cleanup: number): Coroutine<void, SleepFor | Scope> {
  try {
    yield* sleep(1000);
  } finally {
    yield* shield(sleep(cleanup));
    log.push('cleaned up');
  }
}

function* failsToClean(): Coroutine<void, SleepFor | Scope> {
  try {
    yield* sleep(1000);
  } finally {
    yield* shield(sleep(1));
    // biome-ignore lint/correctness/noUnsafeFinally: the test is about that
    throw new Error('clean-up');
  }
}

describe('moveOnAfter', () => {
  it('evaluates to the value of a body that is done in time', () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(moveOnAfter(5, after(3, 'value')))).to.equal('value');
    expect(clock.time).to.equal(3);
  });

  it('evaluates to undefined when the time was up, and the body with its clean-up has ended', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    expect(loop.runSync(moveOnAfter(5, slowToEnd(log, 4)))).to.equal(undefined);
    expect(log).to.deep.equal(['cleaned up']);
    expect(clock.time).to.equal(9);
  });

  it('loses no value that comes at the same instant, or from a shield later', () => {
    const { loop } = virtualLoop();
    expect(loop.runSync(moveOnAfter(5, after(5, 'value')))).to.equal('value');
    expect(loop.runSync(moveOnAfter(5, shield(after(8, 'value'))))).to.equal('value');
  });

  it('ends an inner limit when it expires first, and goes on after itself', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      yield* moveOnAfter(5, function* () {
        try {
          yield* moveOnAfter(9, sleep(1000));
        } catch (error) {
          log.push((error as Error).constructor.name);
          throw error;
        }
        log.push('never');
      });
      yield* sleep(1);
    });
    expect(log).to.deep.equal(['Cancelled']);
    expect(clock.time).to.equal(6);
  });

  it('gives way to a cancellation of the caller, also one at the same instant', () => {
    const { loop } = virtualLoop();
    for (const at of [4, 5, 7]) {
      const task = loop.runSync(function* () {
        const child = yield* spawn(moveOnAfter(5, slowToEnd([], 5)));
        yield* sleep(at);
        child.cancel('outside');
        return child;
      });
      expect(task.result, `${at}`).to.deep.equal({ state: 'cancelled', reason: 'outside' });
    }
  });

  it('throws an error of the body, in time or from its clean-up', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(moveOnAfter(5, failsToClean()))).to.throw(Error, 'clean-up');
    expect(() =>
      loop.runSync(
        moveOnAfter(5, function* (): Coroutine<never> {
          throw new Error('own');
        }),
      ),
    ).to.throw(Error, 'own');
  });

  it('passes a TimeoutError of the body on: it is not its own', () => {
    const { loop } = virtualLoop();
    expect(() => loop.runSync(moveOnAfter(9, timeout(5, sleep(1000))))).to.throw(TimeoutError);
  });

  it('tells the body why: the reason of its cancellation names the limit', () => {
    const { loop } = virtualLoop();
    let reason: unknown;
    loop.runSync(function* reading() {
      yield* moveOnAfter(5, function* () {
        try {
          yield* sleep(1000);
        } catch (error) {
          reason = (error as Cancelled).reason;
          throw error;
        }
      });
    });
    expect((reason as Error).message).to.include('the moveOnAfter of 5 ms of task "reading" expired');
  });

  it('refuses NaN and negative durations, and does not start the body', () => {
    const { loop } = virtualLoop();
    const started = (): Coroutine<never> => expect.fail('started');
    for (const duration of [Number.NaN, -1]) {
      expect(() => loop.runSync(moveOnAfter(duration, started))).to.throw(InvalidTimeError);
    }
    expect(() => loop.runSync(moveOnAt(Number.NaN, started))).to.throw(InvalidTimeError);
  });

  it('leaves nothing behind, however often it is used', async function () {
    needsGc(this);
    this.timeout(60_000);
    const { loop, strategy } = virtualLoop();
    function* often(count: number) {
      for (let n = 0; n < count; n++) yield* moveOnAfter(n % 2 === 0 ? 0.5 : 2, sleep(1));
    }
    loop.runSync(often(2000));
    gc!();
    const before = process.memoryUsage().heapUsed;
    loop.runSync(often(20_000));
    // The strategy of these tests keeps each of its sleeps.
    strategy.sleeps.length = 0;
    gc!();
    expect(process.memoryUsage().heapUsed - before).to.be.below(500_000);
  });
});

describe('moveOnAt', () => {
  it('is up at an instant on the clock; Infinity is no limit', () => {
    const { loop, clock } = virtualLoop();
    loop.runSync(function* () {
      yield* sleep(2);
      expect(yield* moveOnAt(7, sleep(1000))).to.equal(undefined);
      expect(yield* moveOnAt(Infinity, after(3, 'value'))).to.equal('value');
    });
    expect(clock.time).to.equal(10);
  });
});

describe('a limit', () => {
  /** Runs a body of 100 ms within a limit of 5 ms that `change` moves at 3 ms. @returns when it ended, and whether it had expired */
  function moved(change: (limit: Limit, present: Instant) => void): [Instant, boolean] {
    const { loop, clock } = virtualLoop();
    let kept: Limit | undefined;
    loop.runSync(
      moveOnAfter(5, function* (limit) {
        kept = limit;
        yield* sleep(3);
        change(limit, yield* now());
        yield* sleep(97);
      }),
    );
    return [clock.time, kept!.hasExpired];
  }

  it('can be read, and moved to later, earlier, the past, and Infinity', () => {
    expect(moved(limit => expect(limit.deadline).to.equal(5))).to.deep.equal([5, true]);
    expect(moved(limit => (limit.deadline = 20))).to.deep.equal([20, true]);
    expect(moved(limit => (limit.deadline = 4))).to.deep.equal([4, true]);
    expect(moved(limit => (limit.deadline = 1))).to.deep.equal([3, true]);
    expect(moved(limit => (limit.deadline = -Infinity))).to.deep.equal([3, true]);
    expect(moved(limit => (limit.deadline = Infinity))).to.deep.equal([100, false]);
    expect(moved(limit => (limit.deadline = 101))).to.deep.equal([100, false]);
  });

  it('refuses NaN, and stays as it was', () => {
    const refused = (limit: Limit) => {
      expect(() => (limit.deadline = Number.NaN)).to.throw(InvalidTimeError, 'limit.deadline');
    };
    expect(moved(refused)).to.deep.equal([5, true]);
  });

  it('is moved by a child of the body, and before the first step', () => {
    const { loop, clock } = virtualLoop();
    loop.runSync(
      moveOnAfter(5, limit => {
        limit.deadline = 8;
        return (function* () {
          yield* spawn(function* () {
            yield* sleep(6);
            limit.deadline = 9;
          });
          yield* sleep(1000);
        })();
      }),
    );
    expect(clock.time).to.equal(9);
  });

  it('moved at the very instant at which it expires does not expire', () => {
    const { loop, clock } = virtualLoop();
    loop.runSync(
      moveOnAfter(5, function* (limit) {
        yield* sleep(5);
        limit.deadline = 8;
        yield* sleep(1000);
      }),
    );
    expect(clock.time).to.equal(8);
  });

  it('that has expired, or whose body has ended, is moved without effect', () => {
    const { loop, clock } = virtualLoop();
    let kept: Limit | undefined;
    loop.runSync(function* () {
      yield* moveOnAfter(5, function* (limit) {
        kept = limit;
        try {
          yield* sleep(1000);
        } finally {
          limit.deadline = Infinity;
        }
      });
      kept!.deadline = 7;
      yield* sleep(5);
    });
    expect(kept!.hasExpired).to.equal(true);
    expect(clock.time).to.equal(10);
  });

  it('keeps the deadline with which it expired, or its body ended, whatever it is set to', () => {
    const { loop } = virtualLoop();
    const kept: Limit[] = [];
    loop.runSync(function* () {
      for (const time of [Infinity, 1]) {
        yield* moveOnAfter(5, function* (limit) {
          kept.push(limit);
          try {
            yield* sleep(time);
          } finally {
            if (limit.hasExpired) limit.deadline = 100;
          }
        });
      }
      for (const limit of kept) limit.deadline = 200;
    });
    expect(kept.map(({ deadline }) => deadline)).to.deep.equal([5, 10]);
  });

  it('that is not the reason of the cancellation has not expired', () => {
    const { loop } = virtualLoop();
    let kept: Limit | undefined;
    loop.runSync(function* () {
      const child = yield* spawn(
        moveOnAfter(5, function* (limit) {
          kept = limit;
          yield* slowToEnd([], 10);
        }),
      );
      yield* sleep(3);
      child.cancel();
    });
    expect(kept!.hasExpired).to.equal(false);
  });

  it('is passed to the bodies of timeout and deadline, too', () => {
    const { loop, clock } = virtualLoop();
    for (const limited of [timeout, deadline]) {
      expect(() =>
        loop.runSync(
          limited(clock.time + 1, function* (limit) {
            limit.deadline = (yield* now()) + 3;
            yield* sleep(1000);
          }),
        ),
      ).to.throw(TimeoutError);
    }
    expect(clock.time).to.equal(6);
  });

  it('is the deadline of the tasks inside for scheduling policies, wherever it is moved to', () => {
    const { loop } = virtualLoop();
    loop.runSync(
      moveOnAfter(50, function* (outer) {
        const task = yield* currentTask();
        yield* moveOnAfter(20, function* (inner) {
          const child = yield* spawn(pause());
          const [own, fixed] = [yield* currentTask(), yield* spawn(pause(), { deadline: 70 })];
          const deadlines = () => [task, own, child, fixed].map(one => one.deadline);
          expect(deadlines()).to.deep.equal([50, 20, 20, 70]);
          inner.deadline = 30;
          expect(deadlines()).to.deep.equal([50, 30, 30, 70]);
          outer.deadline = 10;
          expect(deadlines()).to.deep.equal([10, 10, 10, 70]);
          outer.deadline = Infinity;
          expect(deadlines()).to.deep.equal([Infinity, 30, 30, 70]);
        });
      }),
    );
  });

  it('is moved by host code while the loop sleeps', async () => {
    const loop = createLoop(setTimeoutModule, sleepModule);
    let kept: Limit | undefined;
    const run = loop.run(
      moveOnAfter(10_000, function* (limit) {
        kept = limit;
        yield* sleep(10_000);
      }),
    );
    await new Promise(resolve => setTimeout(resolve, 5));
    kept!.deadline = 0;
    expect(await run).to.equal(undefined);
  });
});

describe('the types of limits', () => {
  it('know the value, that it may be missing, the limit, and the events', () => {
    const withSleep = virtualLoop().loop;
    function* typed(): Coroutine<void, SleepFor | Scope> {
      const value = yield* moveOnAfter(5, after(1, 'value')) as Coroutine<string | undefined, SleepFor | Scope>;
      // @ts-expect-error it may be undefined
      expect(value.length).to.equal(5);
    }
    withSleep.runSync(typed);
    const onlyCore = createLoop(setTimeoutModule);
    // @ts-expect-error no module of this loop handles Sleep
    expect(() => onlyCore.runSync(() => moveOnAfter(5, pause()))).to.throw();
    withSleep.runSync(
      moveOnAfter(5, function* (limit) {
        // @ts-expect-error it is only told
        expect(() => (limit.hasExpired = true)).to.throw(TypeError);
        const instant: Instant = limit.deadline;
        expect(instant).to.equal(6);
        yield* pause();
      }),
    );
  });
});
