import { NotAPromiseError, PromiseHandler, Resolved, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import {
  all,
  atomicsWaitModule,
  busyWaitModule,
  type Coroutine,
  createLoop,
  DeadlockError,
  EscapementError,
  EventLoop,
  IncompatiblePluginsError,
  type Pause,
  PerformanceClock,
  pause,
  race,
  type Scope,
  SetTimeoutStrategy,
  type SleepFor,
  type Spawn,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import { needsGc } from '../support/needs-gc.js';
import { Deferred, errorOf, hostTurn, promiseLoop, unhandledDuring } from './promise-loop.js';

describe('resolved', () => {
  it('evaluates to the value of a promise, settled before or after', async () => {
    const { loop, promises } = promiseLoop();
    const late = new Deferred<string>();
    setTimeout(() => late.resolve('late'), 2);
    const values = await loop.run(function* () {
      const early = yield* resolved(Promise.resolve('early'));
      return [early, yield* resolved(late.promise), yield* resolved(late.promise)];
    });
    expect(values).to.deep.equal(['early', 'late', 'late']);
    expect(promises.inFlight()).to.equal(0);
  });

  it('throws the very rejection, whatever it is, settled before or after', async () => {
    const { loop, promises } = promiseLoop();
    const error = new Error('no');
    const late = new Deferred();
    setTimeout(() => late.reject(undefined), 2);
    function* caught(promise: Promise<unknown>) {
      try {
        yield* resolved(promise);
      } catch (thrown) {
        return { thrown };
      }
      return 'nothing';
    }
    const ends = await loop.run(() => all([caught(Promise.reject(error)), caught(late.promise)]));
    expect(ends).to.deep.equal([{ thrown: error }, { thrown: undefined }]);
    expect(promises.inFlight()).to.equal(0);
  });

  it('is one event for any number of tasks, resumed in the order in which they came', async () => {
    const { loop } = promiseLoop();
    const { promise, resolve } = new Deferred<number>();
    const event = Object.freeze(resolved(promise));
    const log: string[] = [];
    function* wait(name: string) {
      log.push(`${name} ${yield* event}`);
    }
    setTimeout(() => resolve(7), 2);
    await loop.run(() => all(['a', 'b', 'c'].map(wait)));
    expect(log).to.deep.equal(['a 7', 'b 7', 'c 7']);
  });

  it('does not lose a rejection that came before, nor let it be unhandled once awaited', async () => {
    const unhandled = await unhandledDuring(async () => {
      const { loop } = promiseLoop();
      const error = await errorOf(() =>
        loop.run(function* () {
          const { promise, reject } = new Deferred();
          reject(new Error('early'));
          yield* pause();
          yield* resolved(promise);
        }),
      );
      expect(error.message).to.equal('early');
    });
    expect(unhandled).to.deep.equal([]);
  });

  it('accepts any thenable, calls its then once a wait, and guards against a faulty one', async () => {
    const { loop, promises } = promiseLoop();
    let asked = 0;
    const lazy: PromiseLike<string> = {
      // biome-ignore lint/suspicious/noThenProperty: the subject
      then(onSuccess) {
        asked++;
        onSuccess?.('lazy');
        onSuccess?.('twice');
        return undefined as never;
      },
    };
    const broken: PromiseLike<never> = {
      // biome-ignore lint/suspicious/noThenProperty: the subject
      then() {
        throw new RangeError('broken');
      },
    };
    expect(await loop.run(resolved(lazy))).to.equal('lazy');
    expect(asked).to.equal(1);
    await loop.run(resolved(lazy));
    expect(asked).to.equal(2);
    expect(await errorOf(() => loop.run(resolved(broken)))).to.be.instanceOf(RangeError);
    expect(promises.inFlight()).to.equal(0);
  });

  it('rejects a value that is not a promise, and says what to do', () => {
    function* coroutine() {}
    const advice: [unknown, string][] = [
      [undefined, 'resolved got undefined, expected a promise. Did the function forget to return its promise?'],
      [5, 'resolved got 5, expected a promise. A value that is not a promise needs no wait: use it directly.'],
      [fetch, 'resolved got the function fetch, expected a promise. Call it.'],
      [coroutine(), 'expected a promise. For a coroutine or an event write `yield*` without it.'],
    ];
    for (const [given, message] of advice) {
      expect(() => resolved(given as Promise<void>), message)
        .to.throw(NotAPromiseError, message)
        .that.is.instanceOf(EscapementError)
        .with.property('code', 'ESC_NOT_A_PROMISE');
    }
  });

  it('has a readable text for reports', () => {
    expect(String(resolved(Promise.resolve()))).to.equal('Resolved(promise=Promise)');
  });

  it('is rejected beside strategies that never let the host run', () => {
    for (const strategy of [busyWaitModule, atomicsWaitModule]) {
      expect(() => createLoop(strategy, promiseModule)).to.throw(IncompatiblePluginsError, 'PromiseHandler needs');
    }
  });

  it('counts as in flight while a task waits for it, and no longer', async () => {
    const { loop } = promiseLoop();
    const never = new Promise<void>(() => {});
    const stuck = function* () {
      yield* race([resolved(never), sleep(1)]);
      yield* sleep(Number.POSITIVE_INFINITY);
    };
    expect(await errorOf(() => loop.run(stuck))).to.be.instanceOf(DeadlockError);
  });
});

describe('resolved, cancelled', () => {
  it('before the settlement: throws Cancelled at once, and drops the later outcome', async () => {
    for (const settle of ['resolve', 'reject'] as const) {
      const { loop, promises } = promiseLoop();
      const deferred = new Deferred<unknown>();
      const unhandled = await unhandledDuring(async () => {
        await loop.run(function* () {
          const task = yield* spawn(resolved(deferred.promise));
          yield* pause();
          expect(promises.inFlight()).to.equal(1);
          task.cancel('enough');
          expect(promises.inFlight()).to.equal(0);
          yield* pause();
          expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
          deferred[settle](new Error('late'));
          yield* sleep(1);
          expect(promises.inFlight()).to.equal(0);
        });
      });
      expect(unhandled).to.deep.equal([]);
    }
  });

  it('after the settlement: the value is delivered, and Cancelled comes next', async () => {
    const { loop, promises } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const { promise, resolve } = new Deferred<string>();
      const task = yield* spawn(
        (function* () {
          log.push(yield* resolved(promise));
          yield* pause();
          log.push('too far');
        })(),
      );
      yield* pause();
      // Settled by the host during a turn of the loop: the task is ready and has not run.
      resolve('value');
      promise.then(() => task.cancel('now'));
      yield* sleep(1);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'now' });
    });
    expect(log).to.deep.equal(['value']);
    expect(promises.inFlight()).to.equal(0);
  });

  it('before the wait: no rejection is unhandled, and a lazy thenable does not start', async () => {
    const { loop } = promiseLoop();
    let asked = 0;
    const lazy = {
      // biome-ignore lint/suspicious/noThenProperty: the subject
      then: () => {
        asked++;
      },
    } as unknown as PromiseLike<void>;
    function* waitAtTheEndFor(make: () => PromiseLike<void>) {
      try {
        yield* sleep(1000);
      } finally {
        yield* resolved(make());
      }
    }
    const unhandled = await unhandledDuring(() =>
      loop.run(function* () {
        const tasks = [
          yield* spawn(waitAtTheEndFor(() => Promise.reject(new Error('nobody waits')))),
          yield* spawn(waitAtTheEndFor(() => lazy)),
        ];
        yield* pause();
        for (const task of tasks) task.cancel();
      }),
    );
    expect(unhandled).to.deep.equal([]);
    expect(asked).to.equal(0);
  });

  it('in a shield: the value is delivered', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const { promise, resolve } = new Deferred<string>();
      const task = yield* spawn(
        (function* () {
          log.push(yield* shield(resolved(promise)));
        })(),
      );
      yield* pause();
      task.cancel();
      setTimeout(() => resolve('opened'), 2);
    });
    expect(log).to.deep.equal(['opened']);
  });

  it("with whenCancelled: 'wait': the wait goes on, and the value is delivered; Cancelled comes next", async () => {
    const { loop, promises } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const { promise, resolve } = new Deferred<string>();
      const task = yield* spawn(function* () {
        log.push(yield* resolved(promise, { whenCancelled: 'wait' }));
        yield* pause();
        log.push('too far');
      });
      yield* pause();
      task.cancel('enough');
      yield* sleep(1);
      expect([task.state, promises.inFlight()]).to.deep.equal(['waiting', 1]);
      resolve('opened');
      yield* sleep(1);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    });
    expect(log).to.deep.equal(['opened']);
    expect(promises.inFlight()).to.equal(0);
  });

  it("with whenCancelled: 'wait': the rejection is thrown", async () => {
    const { loop } = promiseLoop();
    const failure = new Error('no such file');
    const error = await errorOf(() =>
      loop.run(function* () {
        const { promise, reject } = new Deferred();
        const task = yield* spawn(resolved(promise, { whenCancelled: 'wait' }));
        yield* pause();
        task.cancel();
        reject(failure);
      }),
    );
    expect(error).to.equal(failure);
  });

  it('many times: the promise holds one reaction only', async () => {
    const { loop, promises } = promiseLoop();
    const { promise, resolve } = new Deferred<string>();
    let asked = 0;
    const closed: PromiseLike<string> = {
      // biome-ignore lint/suspicious/noThenProperty: the subject
      then(...reactions) {
        asked++;
        return promise.then(...reactions);
      },
    };
    const end = await loop.run(function* () {
      for (let round = 0; round < 50; round++) yield* race([resolved(closed), pause()]);
      setTimeout(() => resolve('closed'), 2);
      return yield* resolved(closed);
    });
    expect(end).to.equal('closed');
    expect(asked).to.equal(1);
    expect(promises.inFlight()).to.equal(0);
  });

  it('a hundred thousand times, in one loop or in many: memory stays bounded', async function () {
    needsGc(this);
    this.timeout(20_000);
    const { promise } = new Deferred<string>();
    // biome-ignore lint/suspicious/noThenProperty: the subject
    const thenable = { then: () => promise } as unknown as PromiseLike<string>;
    function* rounds(count: number): Coroutine<void, Resolved | Scope | Spawn | Pause> {
      for (let round = 0; round < count; round++) yield* race([resolved(promise), resolved(thenable), pause()]);
    }
    const heapUsed = () => {
      global.gc!();
      return process.memoryUsage().heapUsed;
    };
    const { loop } = promiseLoop();
    await loop.run(rounds(5000));
    const before = heapUsed();
    await loop.run(rounds(100_000));
    for (let loops = 0; loops < 500; loops++) await promiseLoop().loop.run(rounds(1));
    // A reaction takes a hundred bytes.
    expect(heapUsed() - before).to.be.lessThan(2_000_000);
  });

  it('with the run: a promise that settles between two runs affects neither', async () => {
    const { loop, promises } = promiseLoop();
    const { promise, reject } = new Deferred<string>();
    const unhandled = await unhandledDuring(async () => {
      const fail = function* (): Coroutine<void, SleepFor> {
        yield* sleep(1);
        throw new Error('run is over');
      };
      await errorOf(() => loop.run(() => all([resolved(promise), fail()])));
      expect(promises.inFlight()).to.equal(0);
      reject(new Error('late'));
      await hostTurn();
      expect(await loop.run(resolved(Promise.resolve(1)))).to.equal(1);
    });
    expect(unhandled).to.deep.equal([]);
  });
});

describe('resolved, in a run that broke', () => {
  class BrokenStrategy extends SetTimeoutStrategy {
    override sleep(): never {
      throw new Error('broken');
    }
  }

  it('no longer counts as in flight, also when the promise settles later', async () => {
    const promises = new PromiseHandler();
    const strategy = new BrokenStrategy(new PerformanceClock());
    const { promise, resolve } = new Deferred();
    const error = await errorOf(() => new EventLoop({ strategy, handlers: [promises] }).run(resolved(promise)));
    expect(error.code).to.equal('ESC_STRATEGY_FAILED');
    expect(promises.inFlight()).to.equal(0);
    resolve();
    await hostTurn();
    expect(promises.inFlight()).to.equal(0);
  });
});

describe('resolved: the types', () => {
  type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
  const isTrue = <T extends true>(_?: T): void => {};

  it('reject a loop without promiseModule, and have the type of the value', async () => {
    function* main() {
      const value = yield* resolved(Promise.resolve(7));
      isTrue<Same<typeof value, number>>();
      yield* spawn(resolved(Promise.resolve('text')));
      return value;
    }
    expect(await createLoop(setTimeoutModule, promiseModule).run(main)).to.equal(7);
    // @ts-expect-error Resolved has no handler in this loop
    const error = await errorOf(() => createLoop(setTimeoutModule, sleepModule).run(main));
    expect(error.code).to.equal('ESC_NO_HANDLER');
    // @ts-expect-error a number is no promise
    expect(() => resolved(5)).to.throw(NotAPromiseError);
    expect(new PromiseHandler().handles).to.equal(Resolved);
  });
});
