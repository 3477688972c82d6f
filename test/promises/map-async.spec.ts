import { setTimeout as later } from 'node:timers/promises';
import { forEachAsync, mapAsync, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import {
  createLoop,
  currentTask,
  pause,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  TaskCancelledError,
} from 'escapement';
import { Deferred, errorOf, promiseLoop, unhandledDuring } from './promise-loop.js';

/** Counts from 1, and records its calls. */
class Numbers implements AsyncIterable<number> {
  readonly log: string[] = [];
  taken = 0;
  asks = 0;
  asksAtATime = 0;

  constructor(
    readonly last = Number.POSITIVE_INFINITY,
    readonly closing: () => Promise<void> = async () => {},
  ) {}

  [Symbol.asyncIterator](): AsyncIterator<number> {
    return {
      next: async () => {
        this.asks++;
        expect(++this.asksAtATime, 'asked one at a time').to.equal(1);
        await later(this.taken % 3);
        this.asksAtATime--;
        if (this.taken === this.last) return { done: true, value: undefined };
        return { done: false, value: ++this.taken };
      },
      return: async () => {
        this.log.push('closing');
        await this.closing();
        this.log.push('closed');
        return { done: true, value: undefined };
      },
    };
  }
}

describe('mapAsync', () => {
  it('gives the results in the order of the items, with their indices', async () => {
    const { loop, promises } = promiseLoop();
    const items = new Numbers(7);
    const work = function* (item: number, index: number) {
      yield* sleep((7 - item) % 4);
      return `${index}:${item}`;
    };
    for (const options of [undefined, { concurrency: 1 }, { concurrency: 3 }, { concurrency: 100 }]) {
      items.taken = 0;
      expect(await loop.run(mapAsync(items, work, options))).to.deep.equal('0:1 1:2 2:3 3:4 4:5 5:6 6:7'.split(' '));
    }
    expect(items.log).to.deep.equal([]);
    expect(promises.inFlight()).to.equal(0);
    expect(await loop.run(mapAsync(new Numbers(0), work))).to.deep.equal([]);
  });

  it('takes an item only when a new work may start, and never runs more at a time', async () => {
    const { loop } = promiseLoop();
    const items = new Numbers(20);
    let running = 0;
    let most = 0;
    let finished = 0;
    const started: number[] = [];
    await loop.run(
      forEachAsync(
        items,
        function* (item) {
          started.push(item);
          most = Math.max(most, ++running);
          expect(items.taken - finished).to.be.at.most(3);
          yield* sleep(item % 5);
          expect(items.taken - finished).to.be.at.most(3);
          running--;
          finished++;
        },
        { concurrency: 3 },
      ),
    );
    expect(most).to.equal(3);
    expect(started).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('accepts an iterable that is not async, and waits for items that are promises', async () => {
    const { loop } = promiseLoop();
    const items = new Set([1, Promise.resolve(2), later(2, 3)]);
    expect(await loop.run(mapAsync(items, n => resolved(Promise.resolve(n * n))))).to.deep.equal([1, 4, 9]);
    expect(await loop.run(mapAsync('ab', letter => resolved(Promise.resolve(letter))))).to.deep.equal(['a', 'b']);
  });

  it('can be cancelled while an item is a promise that never settles, and closes the iterator', async () => {
    const { loop } = promiseLoop();
    let closed = false;
    function* items() {
      try {
        yield new Promise<number>(() => {});
      } finally {
        closed = true;
      }
    }
    await loop.run(function* () {
      const task = yield* spawn(forEachAsync(items(), () => pause()));
      yield* sleep(2);
      task.cancel();
    });
    expect(closed).to.equal(true);
  });

  it('cancels the other works when one fails, takes no more items, closes the iterator, and throws the error', async () => {
    const { loop, promises } = promiseLoop();
    const items = new Numbers(undefined, () => later(3));
    const log: string[] = [];
    const work = function* (item: number) {
      try {
        yield* sleep(item === 3 ? 0 : 1000);
      } finally {
        log.push(`${item} ends`);
      }
      throw new Error('third');
    };
    const error = await errorOf(() => loop.run(mapAsync(items, work, { concurrency: 3 })));
    expect(error.message).to.equal('third');
    expect(log.sort()).to.deep.equal(['1 ends', '2 ends', '3 ends']);
    expect(items.log).to.deep.equal(['closing', 'closed']);
    expect(items.taken).to.equal(3);
    expect(promises.inFlight()).to.equal(0);
  });

  it('waits for return() when it is cancelled, shielded, and takes no more items', async () => {
    const { loop } = promiseLoop();
    const items = new Numbers(undefined, () => later(3));
    await loop.run(function* () {
      const task = yield* spawn(forEachAsync(items, () => sleep(1000), { concurrency: 2 }));
      while (items.taken < 2) yield* sleep(1);
      task.cancel('enough');
      yield* pause();
      expect(task.state).to.not.equal('cancelled');
      while (!task.isEnded) yield* sleep(1);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      expect(items.log).to.deep.equal(['closing', 'closed']);
      expect(items.taken).to.equal(2);
    });
  });

  it('takes no item for a work that is done when the cancellation comes', async () => {
    const { loop } = promiseLoop();
    const items = new Numbers();
    const { promise, resolve } = new Deferred();
    await loop.run(function* () {
      const task = yield* spawn(forEachAsync(items, () => resolved(promise), { concurrency: 1 }));
      while (items.taken < 1) yield* sleep(1);
      yield* sleep(2);
      resolve();
      promise.then(() => task.cancel()); // after the handler has heard, before the task has
    });
    expect(items.asks).to.equal(1);
  });

  it('runs the finally of an async generator, also of one that is computing its next item', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    async function* items() {
      try {
        yield 1;
        await later(4);
        yield 2;
      } finally {
        await later(1);
        log.push('closed');
      }
    }
    await loop.run(function* () {
      const task = yield* spawn(forEachAsync(items(), () => sleep(1000)));
      yield* sleep(2);
      task.cancel();
    });
    expect(log).to.deep.equal(['closed']);
  });

  it('throws the error of the iterable once, without closing it, and cancels the works', async () => {
    const { loop } = promiseLoop();
    let closed = false;
    let asked = 0;
    const items: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (++asked < 3) return { done: false, value: asked };
          throw new Error('broken');
        },
        async return() {
          closed = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const unhandled = await unhandledDuring(async () => {
      const error = await errorOf(() => loop.run(mapAsync(items, () => sleep(1000))));
      expect(error.message).to.equal('broken');
      const several = await errorOf(() => loop.run(mapAsync(items, () => sleep(0), { concurrency: 4 })));
      expect(several.message).to.equal('broken');
    });
    expect(closed).to.equal(false);
    expect(unhandled).to.deep.equal([]);
  });

  it('throws both errors when closing fails too', async () => {
    const { loop } = promiseLoop();
    const items = new Numbers(undefined, async () => {
      throw new Error('stuck');
    });
    const work = function* () {
      yield* pause();
      throw new Error('work');
    };
    const error = await errorOf(() => loop.run(mapAsync(items, work, { concurrency: 1 })));
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as unknown as AggregateError).errors.map(String)).to.deep.equal(['Error: work', 'Error: stuck']);
  });

  it('throws TaskCancelledError when a work cancelled its own task, instead of leaving a hole in the results', async () => {
    const { loop } = promiseLoop();
    const work = function* (item: number) {
      if (item === 2) (yield* currentTask()).cancel('skip');
      yield* pause();
      return item;
    };
    for (const concurrency of [1, 2, 3]) {
      const error = await errorOf(() => loop.run(mapAsync(new Numbers(2), work, { concurrency })));
      expect(error).to.be.instanceOf(TaskCancelledError).with.property('cause', 'skip');
    }
  });

  it('takes no item once a work has cancelled its own task, also for the other works', async () => {
    for (const concurrency of [1, 2, 3]) {
      const { loop } = promiseLoop();
      const items = new Numbers();
      const work = function* (item: number) {
        if (item === 5) (yield* currentTask()).cancel('skip');
        return item;
      };
      expect(await errorOf(() => loop.run(mapAsync(items, work, { concurrency })))).to.be.instanceOf(
        TaskCancelledError,
      );
      // Those that were asked for before.
      expect(items.taken).to.be.at.most(5 + concurrency);
      expect(items.log).to.deep.equal(['closing', 'closed']);
    }
  });

  it('that is cancelled throws, or has all results, whenever the cancellation comes', async () => {
    const states = new Set<string>();
    const work = function* (item: number) {
      yield* pause();
      return item;
    };
    for (let pauses = 0; pauses < 60; pauses++) {
      for (const concurrency of [1, 3]) {
        const { loop } = promiseLoop();
        const [{ result }] = await loop.run(function* () {
          const task = yield* spawn(mapAsync([1, 2, Promise.resolve(3), 4, 5], work, { concurrency }));
          for (let count = 0; count < pauses; count++) yield* resolved(Promise.resolve());
          task.cancel('enough');
          return [task] as const;
        });
        states.add(result.state);
        if (result.state === 'succeeded') expect(result.value).to.deep.equal([1, 2, 3, 4, 5]);
        else expect(result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
      }
    }
    expect([...states].sort()).to.deep.equal(['cancelled', 'succeeded']);
  });

  it('refuses what cannot be iterated over, at the door or at the first step that is none', async () => {
    const { loop } = promiseLoop();
    const work = () => pause();
    let calls = 0;
    const steps = (step: unknown) => ({
      next: () => {
        if (++calls > 5000) throw new Error('it was asked for ever');
        return step;
      },
    });
    const wrong: unknown[] = [
      undefined,
      null,
      5,
      {},
      { length: 1 },
      async function* () {},
      () => [1],
      Promise.resolve(),
    ];
    for (const iterator of [{}, null, ...[5, 'step', undefined, null, () => 1].map(steps)]) {
      wrong.push({ [Symbol.iterator]: () => iterator }, { [Symbol.asyncIterator]: () => iterator });
    }
    wrong.push({ [Symbol.iterator]: () => steps(Promise.resolve({ done: false, value: 1 })) });
    for (const items of wrong) {
      for (const call of [mapAsync as unknown as typeof forEachAsync, forEachAsync]) {
        const error = await errorOf(() => loop.run(call(items as never, work)));
        expect(error).to.have.property('code', 'ESC_NOT_ITERABLE');
        expect(error.message).to.contain(`${call.name} got`);
      }
    }
    for (const options of [4, null, '4', 4n]) {
      const error = await errorOf(() => loop.run(mapAsync([1], work, options as never)));
      expect(error).to.have.property('code', 'ESC_INVALID_ARGUMENT');
    }
  });

  it('rejects a concurrency that is not a whole number above 0', async () => {
    const { loop } = promiseLoop();
    for (const concurrency of [0, -1, 1.5, Number.NaN]) {
      const error = await errorOf(() => loop.run(mapAsync([], () => pause(), { concurrency })));
      expect(error).to.be.have.property('code', 'ESC_INVALID_COUNT');
      expect(error.message).to.contain('concurrency of mapAsync is');
    }
    const error = await errorOf(() => loop.run(forEachAsync([], () => pause(), { concurrency: 0 })));
    expect(error.message).to.contain('forEachAsync');
  });

  it('cannot be run without promiseModule, nor without the modules of its work', async () => {
    const program = () => mapAsync([1], item => sleep(item));
    const programs = [
      // @ts-expect-error Resolved has no handler in this loop
      () => createLoop(setTimeoutModule, sleepModule).run(program),
      // @ts-expect-error SleepFor has no handler in this loop
      () => createLoop(setTimeoutModule, promiseModule).run(program),
    ];
    for (const run of programs) expect((await errorOf(run)).message).to.contain('which no handler serves');
  });
});
