import { setTimeout as later } from 'node:timers/promises';
import { manage, NotDisposableError, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import { busyWaitModule, createLoop, EscapementError, pause, scope, shield, sleep, spawn } from 'escapement';
import { Deferred, errorOf, promiseLoop } from './promise-loop.js';

const released = (log: string[], name: string) => ({ name, [Symbol.dispose]: () => void log.push(name) });

const releasedLater = (log: string[], name: string) => ({
  name,
  async [Symbol.asyncDispose]() {
    log.push(`${name} begins`);
    await later(2);
    log.push(`${name} ends`);
  },
});

describe('manage', () => {
  it('evaluates to the resource, and releases at the end of the task, after its children, last in first out', async () => {
    const { loop, promises } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const first = yield* manage(released(log, 'first'));
      expect(first.name).to.equal('first');
      yield* manage(releasedLater(log, 'second'));
      yield* manage(released(log, 'third'));
      yield* spawn(
        (function* () {
          yield* sleep(2);
          log.push('child');
        })(),
      );
      log.push('body');
    });
    expect(log).to.deep.equal(['body', 'child', 'third', 'second begins', 'second ends', 'first']);
    expect(promises.inFlight()).to.equal(0);
  });

  it('releases on cancellation, shielded', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const task = yield* spawn(
        (function* () {
          yield* manage(releasedLater(log, 'resource'));
          yield* sleep(1000);
        })(),
      );
      yield* pause();
      task.cancel();
      while (log.length === 0) yield* pause();
      expect(log).to.deep.equal(['resource begins']);
      expect(task.isEnded).to.equal(false);
    });
    expect(log).to.deep.equal(['resource begins', 'resource ends']);
  });

  it('releases at the end of a scope', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      yield* scope(manage(releasedLater(log, 'resource')));
      log.push('after');
    });
    expect(log).to.deep.equal(['resource begins', 'resource ends', 'after']);
  });

  it('loses no resource that a shield waits for, whenever the cancellation comes', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    const { promise, resolve } = new Deferred<Disposable>();
    await loop.run(function* () {
      const task = yield* spawn(
        (function* () {
          yield* manage(yield* shield(resolved(promise)));
          log.push('goes on to the next suspension');
          yield* pause();
          log.push('too far');
        })(),
      );
      yield* pause();
      task.cancel();
      setTimeout(() => resolve(released(log, 'released')), 2);
    });
    expect(log).to.deep.equal(['goes on to the next suspension', 'released']);
  });

  it('prefers asyncDispose, as `await using` does, and calls it on the resource', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    const both = {
      async [Symbol.asyncDispose]() {
        log.push(this === both);
      },
      [Symbol.dispose]: () => log.push('sync'),
    };
    await loop.run(manage(both));
    expect(log).to.deep.equal([true]);
  });

  it('fails the task with the error of a disposal, and still disposes of the others', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    const error = await errorOf(() =>
      loop.run(function* () {
        yield* manage(released(log, 'first'));
        yield* manage({
          [Symbol.dispose]() {
            throw new Error('sync');
          },
        });
        yield* manage({ [Symbol.asyncDispose]: () => Promise.reject(new Error('async')) });
        throw new Error('body');
      }),
    );
    expect(log).to.deep.equal(['first']);
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as unknown as AggregateError).errors.map(String)).to.deep.equal([
      'Error: body',
      'Error: async',
      'Error: sync',
    ]);
  });

  it('returns null and undefined', () => {
    const loop = createLoop(busyWaitModule);
    expect(loop.runSync(manage(null))).to.equal(null);
    expect(loop.runSync(manage(undefined))).to.equal(undefined);
  });

  it('rejects a value that is not disposable, and says what to do', async () => {
    const { loop } = promiseLoop();
    const plain = await errorOf(() => loop.run(manage({ close() {} } as unknown as Disposable)));
    expect(plain).to.be.instanceOf(NotDisposableError).and.instanceOf(EscapementError);
    expect(plain.code).to.equal('ESC_NOT_DISPOSABLE');
    expect(plain.message).to.equal(
      'manage got an object of class Object, expected a resource with Symbol.asyncDispose or Symbol.dispose. For any other clean-up use `yield* ensure(cleanup())`.',
    );
    const promise = await errorOf(() => loop.run(manage(Promise.resolve() as unknown as Disposable)));
    expect(promise.message).to.contain('Wait for it first');
    // @ts-expect-error not disposable
    manage({ close() {} });
  });

  it('needs promiseModule for an asynchronous disposal only', async () => {
    const log: string[] = [];
    const loop = createLoop(busyWaitModule);
    loop.runSync(manage(released(log, 'sync')));
    expect(log).to.deep.equal(['sync']);
    // @ts-expect-error Resolved has no handler in this loop
    const error = await errorOf(() => loop.runSync(manage(releasedLater(log, 'async'))));
    expect(error.code).to.equal('ESC_NO_HANDLER');
    expect(promiseModule).to.be.an('object');
  });
});

describe('plain `using` in a coroutine', () => {
  it('releases on cancellation, at the end of its block, last in first out', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    await loop.run(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            using _first = released(log, 'first');
            using _second = released(log, 'second');
            yield* sleep(1000);
          } finally {
            log.push('after the block');
          }
        })(),
      );
      yield* pause();
      task.cancel('enough');
      yield* pause();
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    });
    expect(log).to.deep.equal(['second', 'first', 'after the block']);
  });
});
