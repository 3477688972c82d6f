import { expect } from 'chai';
import { currentTask, EscapementError, race, sleep, spawn, type Task } from 'escapement';
import { unhandledDuring } from '../promises/promise-loop.js';
import { virtualLoop } from '../support/virtual-loop.js';

// A task can be awaited, so a promise takes its value. What if that is a task again?

async function codeOf(promise: PromiseLike<unknown>): Promise<string> {
  try {
    return `the value ${await promise}`;
  } catch (error) {
    return error instanceof EscapementError ? error.code : String(error);
  }
}

describe('a value that is a task', () => {
  it('and leads back to itself: run and await throw at once', async () => {
    const { loop } = virtualLoop();
    expect(await codeOf(loop.run(() => currentTask()))).to.equal('ESC_CIRCULAR_VALUE');
    expect(await codeOf(loop.spawn(() => currentTask()))).to.equal('ESC_CIRCULAR_VALUE');
    const longer = function* () {
      const root = yield* currentTask();
      return yield* spawn(function* (): Generator<never, Task> {
        return root;
      });
    };
    expect(await codeOf(loop.run(longer))).to.equal('ESC_CIRCULAR_VALUE');
    expect(await codeOf(loop.spawn(longer))).to.equal('ESC_CIRCULAR_VALUE');
    let child: Task<Task> | undefined;
    await codeOf(
      loop.run(function* () {
        child = yield* spawn(longer);
      }),
    );
    expect(await codeOf(child!)).to.equal('ESC_CIRCULAR_VALUE');
    expect(await codeOf(child!.then(() => 'a value'))).to.equal('ESC_CIRCULAR_VALUE');
    await loop.run(sleep(1));
  });

  it('gives a promise the value of that task', async () => {
    const { loop } = virtualLoop();
    const seven = function* () {
      yield* sleep(1);
      return 7;
    };
    const value: number = await loop.run(() => spawn(seven));
    expect(value).to.equal(7);
    expect(await loop.spawn(() => spawn(seven))).to.equal(7);
    const failing = loop.run(function* () {
      return yield* spawn(function* (): Generator<never, never> {
        throw new Error('no');
      });
    });
    expect(await codeOf(failing)).to.equal('Error: no');
  });

  it('is given as it is by runSync, join and race', () => {
    const { loop } = virtualLoop();
    const root = loop.runSync(() => currentTask());
    expect(root.state).to.equal('succeeded');
    loop.runSync(function* () {
      const task = yield* spawn(() => currentTask());
      expect(yield* task.join()).to.equal(task);
      expect(yield* race([task, sleep(9)])).to.equal(task);
    });
  });
});

describe('a value that is a thenable', () => {
  it('is waited for once, by the host code that awaits the task', async () => {
    const { loop } = virtualLoop();
    let asked = 0;
    // biome-ignore lint/suspicious/noThenProperty: a lazy query of a database library looks like this
    const lazy = { then: (done: (value: number) => void) => done(++asked) };
    const lazily = function* () {
      return lazy;
    };
    expect(await loop.spawn(lazily)).to.equal(1);
    await new Promise(resolve => setImmediate(resolve));
    expect(asked).to.equal(1);
    expect(await loop.run(lazily)).to.equal(2);
  });

  it('and rejects, or has a getter that throws: only who awaits the task gets the error', async () => {
    const { loop } = virtualLoop();
    const failure = new Error('inner');
    const values = [
      () => Promise.reject(failure),
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what this test is about
        get then(): never {
          throw failure;
        },
      }),
    ];
    const caught: unknown[] = [];
    const unhandled = await unhandledDuring(async () => {
      for (const value of values) {
        const task = loop.spawn(function* (): Generator<never, unknown> {
          return value();
        });
        await task.then(undefined, error => caught.push(error));
      }
    });
    expect(caught).to.deep.equal([failure, failure]);
    expect(unhandled).to.deep.equal([]);
  });
});
