import { setTimeout as later } from 'node:timers/promises';
import { abortable, NotAPromiseError } from '@escapement/promises';
import { expect } from 'chai';
import { currentTask, pause, sleep, spawn, TimeoutError, timeout } from 'escapement';
import { Deferred, errorOf, promiseLoop, unhandledDuring } from './promise-loop.js';

describe('abortable', () => {
  it('evaluates to the value, or throws the rejection or what start throws, and aborts nothing', async () => {
    const { loop } = promiseLoop();
    const signals: AbortSignal[] = [];
    const start = (outcome: Promise<string>) =>
      abortable((signal: AbortSignal) => {
        signals.push(signal);
        return outcome;
      });
    expect(await loop.run(start(Promise.resolve('value')))).to.equal('value');
    expect((await errorOf(() => loop.run(start(Promise.reject(new Error('no')))))).message).to.equal('no');
    expect(
      await errorOf(() =>
        loop.run(
          abortable(() => {
            throw new RangeError('at once');
          }),
        ),
      ),
    ).to.be.instanceOf(RangeError);
    expect(await errorOf(() => loop.run(abortable(() => undefined as never)))).to.be.instanceOf(NotAPromiseError);
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([false, false]);
  });

  it('aborts at once with the reason when the task is cancelled, and drops the rejection', async () => {
    const { loop, promises } = promiseLoop();
    let signal: AbortSignal | undefined;
    const unhandled = await unhandledDuring(() =>
      loop.run(function* () {
        const task = yield* spawn(
          abortable(given => {
            signal = given;
            return later(60_000, undefined, { signal: given });
          }),
        );
        yield* pause();
        expect(signal?.aborted).to.equal(false);
        task.cancel('enough');
        expect(signal).to.include({ aborted: true, reason: 'enough' });
        yield* sleep(1);
        expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      }),
    );
    expect(unhandled).to.deep.equal([]);
    expect(promises.inFlight()).to.equal(0);
  });

  it('does not wait until the aborted promise settles', async () => {
    const { loop } = promiseLoop();
    const deaf = new Deferred();
    await loop.run(function* () {
      const task = yield* spawn(abortable(() => deaf.promise));
      yield* pause();
      task.cancel();
      yield* pause();
      expect(task.state).to.equal('cancelled');
    });
  });

  it('removes its listener: a later cancellation does not abort a call that is over', async () => {
    const { loop } = promiseLoop();
    let signal: AbortSignal | undefined;
    let isOver = false;
    await loop.run(function* () {
      const task = yield* spawn(
        (function* () {
          yield* abortable(async given => {
            signal = given;
          });
          isOver = true;
          yield* sleep(1000);
        })(),
      );
      while (!isOver) yield* sleep(1);
      task.cancel();
      yield* pause();
    });
    expect(signal?.aborted).to.equal(false);
  });

  it('starts with an aborted signal in a task that is cancelled already', async () => {
    const { loop } = promiseLoop();
    let aborted: boolean | undefined;
    const unhandled = await unhandledDuring(() =>
      loop.run(function* () {
        const task = yield* spawn(
          (function* () {
            (yield* currentTask()).cancel('before');
            yield* abortable(async signal => {
              aborted = signal.aborted;
              signal.throwIfAborted();
            });
          })(),
        );
        yield* sleep(1);
        expect(task.state).to.equal('cancelled');
      }),
    );
    expect(aborted).to.equal(true);
    expect(unhandled).to.deep.equal([]);
  });

  it('is aborted by a timeout', async () => {
    const { loop } = promiseLoop();
    let signal: AbortSignal | undefined;
    const slow = abortable(given => {
      signal = given;
      return later(60_000, undefined, { signal: given });
    });
    expect(await errorOf(() => loop.run(timeout(2, slow)))).to.be.instanceOf(TimeoutError);
    expect(signal?.aborted).to.equal(true);
  });

  it('refuses what is no function, with an error that names it', async () => {
    const { loop } = promiseLoop();
    for (const start of [undefined, null, Promise.resolve(), 'start', {}]) {
      const error = await errorOf(() => loop.run(abortable(start as never)));
      expect(error).to.have.property('code', 'ESC_INVALID_ARGUMENT');
      expect(error.message).to.contain('abortable got');
    }
  });
});
