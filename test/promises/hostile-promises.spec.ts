import { runInNewContext } from 'node:vm';
import { resolved } from '@escapement/promises';
import { expect } from 'chai';
import { sleep, spawn } from 'escapement';
import { promiseLoop, unhandledDuring } from './promise-loop.js';

/** What two waits for the same promise, one after the other, evaluate to or throw. */
async function outcomesOf(promise: PromiseLike<unknown>): Promise<unknown[]> {
  const { loop } = promiseLoop();
  const outcomes: unknown[] = [];
  await loop.run(function* () {
    for (let n = 0; n < 2; n++) {
      try {
        outcomes.push(yield* resolved(promise));
      } catch (error) {
        outcomes.push((error as Error).message);
      }
    }
  });
  return outcomes;
}

describe('a promise that is not as the host made it', () => {
  it('with a then of its own that throws: each wait throws that', async () => {
    const promise = Object.assign(Promise.resolve(5), {
      // biome-ignore lint/suspicious/noThenProperty: that is what this test is about
      then() {
        throw new Error('of then');
      },
    });
    expect(await outcomesOf(promise)).to.deep.equal(['of then', 'of then']);
  });

  it('with a then of its own that answers at once: the wait ends', async () => {
    const promise = Object.assign(Promise.resolve(5), {
      // biome-ignore lint/suspicious/noThenProperty: that is what this test is about
      then: (done: (value: number) => void) => done(7),
    });
    expect(await outcomesOf(promise as never)).to.deep.equal([7, 7]);
  });

  it('with a constructor that throws: each wait throws that', async () => {
    const promise = Object.defineProperty(Promise.resolve(5), 'constructor', {
      get() {
        throw new Error('of the constructor');
      },
    });
    expect(await outcomesOf(promise)).to.deep.equal(['of the constructor', 'of the constructor']);
  });

  it('but a proxy that binds the methods: the wait has the value, as with await', async () => {
    const promise = new Proxy(Promise.resolve(5), {
      get(target, key) {
        const value = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    expect(await outcomesOf(promise)).to.deep.equal([5, 5]);
  });

  it('but of another realm: its rejection counts as handled from the yield* on, also in a cancelled task', async () => {
    const { loop } = promiseLoop();
    const unhandled = await unhandledDuring(() =>
      loop.run(function* () {
        const task = yield* spawn(function* () {
          try {
            yield* sleep(1000);
          } finally {
            yield* resolved(runInNewContext('Promise.reject(new Error("foreign"))') as Promise<void>);
          }
        });
        yield* sleep(1);
        task.cancel();
      }),
    );
    expect(unhandled).to.deep.equal([]);
  });
});
