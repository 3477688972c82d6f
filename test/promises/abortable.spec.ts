import { once } from 'node:events';
import { setTimeout as later } from 'node:timers/promises';
import { abortable, NotAPromiseError } from '@escapement/promises';
import { expect } from 'chai';
import { currentTask, pause, sleep, spawn, TimeoutError, timeout } from 'escapement';
import { Deferred, ended, errorOf, promiseLoop, unhandledDuring } from './promise-loop.js';

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

  it('aborts at once with the reason when the task is cancelled, and ends with Cancelled when the promise is rejected', async () => {
    const { loop, actions } = promiseLoop();
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
        yield* ended(task);
        expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      }),
    );
    expect(unhandled).to.deep.equal([]);
    expect(actions.inFlight()).to.equal(0);
  });

  it('waits, when cancelled, until the operation has really stopped', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const task = yield* spawn(
        abortable(async signal => {
          await once(signal, 'abort');
          await later(5);
          log.push('stopped');
          throw signal.reason;
        }),
      );
      yield* pause();
      task.cancel(new Error('reason'));
      yield* pause();
      expect(task.state).to.equal('waiting');
      try {
        yield* task;
      } catch {}
      log.push(task.state);
    });
    expect(log).to.deep.equal(['stopped', 'cancelled']);
  });

  it('delivers, when cancelled, a value that comes nevertheless; Cancelled comes next', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const opening = new Deferred<string>();
      const task = yield* spawn(function* () {
        log.push(yield* abortable(() => opening.promise));
        yield* pause();
        log.push('too far');
      });
      yield* pause();
      task.cancel('now');
      opening.resolve('file');
      yield* ended(task);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'now' });
    });
    expect(log).to.deep.equal(['file']);
  });

  it('throws, when cancelled, an error that is not of the abort', async () => {
    const { loop } = promiseLoop();
    const failure = new Error('disk full');
    const error = await errorOf(() =>
      loop.run(function* () {
        const task = yield* spawn(
          abortable(async signal => {
            await once(signal, 'abort');
            throw failure;
          }),
        );
        yield* pause();
        task.cancel();
      }),
    );
    expect(error).to.equal(failure);
  });

  it("with whenCancelled: 'abandon' does not wait until the aborted promise settles", async () => {
    const { loop, actions } = promiseLoop();
    const deaf = new Deferred();
    let signal: AbortSignal | undefined;
    const unhandled = await unhandledDuring(() =>
      loop.run(function* () {
        const start = (given: AbortSignal) => {
          signal = given;
          return deaf.promise;
        };
        const task = yield* spawn(abortable(start, { whenCancelled: 'abandon' }));
        yield* pause();
        task.cancel('enough');
        yield* pause();
        expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
        deaf.reject(new Error('late'));
        yield* sleep(1);
      }),
    );
    expect(signal).to.include({ aborted: true, reason: 'enough' });
    expect(unhandled).to.deep.equal([]);
    expect(actions.inFlight()).to.equal(0);
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

  it('does not begin in a task that is cancelled already', async () => {
    const { loop } = promiseLoop();
    let calls = 0;
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        (yield* currentTask()).cancel('before');
        yield* abortable(async () => calls++);
      });
      yield* ended(task);
      expect(task.state).to.equal('cancelled');
    });
    expect(calls).to.equal(0);
  });

  it('whose operation cancels its own task is aborted when it has returned its promise', async () => {
    const { loop } = promiseLoop();
    let signal: AbortSignal | undefined;
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        const own = yield* currentTask();
        yield* abortable(given => {
          signal = given;
          own.cancel('inside');
          return later(60_000, undefined, { signal: given });
        });
      });
      yield* ended(task);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'inside' });
    });
    expect(signal).to.include({ aborted: true, reason: 'inside' });
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

  it('refuses what is no option, and has a readable text for reports', () => {
    expect(() => abortable(fetch as never, { whenCancelled: 'never' as never }))
      .to.throw("abortable got \"never\" as `whenCancelled`, expected 'wait' or 'abandon'.")
      .with.property('code', 'ESC_INVALID_OPTION');
    expect(String(abortable(async function download() {}))).to.equal('Abortable(download)');
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
