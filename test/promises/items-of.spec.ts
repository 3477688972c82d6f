import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { itemsOf, type Subscription } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import { createLoop, pause, select, setTimeoutModule, sleep, spawn } from 'escapement';
import fc from 'fast-check';
import { errorOf, hostTurn, promiseLoop, unhandledDuring } from './promise-loop.js';

/** How an iterable of a test ends, what its `return()` does, and which items take a turn of the host. */
interface Script {
  readonly items: readonly { readonly isSlow: boolean }[];
  readonly end: 'done' | 'throws' | 'never';
  readonly close: 'returns' | 'slowly' | 'throws' | 'rejects';
}

const failure = new Error('the iterable broke');
const closing = new Error('return() broke');

/** An iterable that follows a script, and counts what it is asked for. */
class Scripted implements AsyncIterableIterator<number> {
  asked = 0;
  running = 0;
  mostRunning = 0;
  returns = 0;
  isClosed = false;

  constructor(readonly script: Script) {}

  async next(): Promise<IteratorResult<number>> {
    const index = this.asked++;
    this.mostRunning = Math.max(this.mostRunning, ++this.running);
    const item = this.script.items[index];
    if (item?.isSlow) await hostTurn();
    this.running--;
    if (item !== undefined) return { done: false, value: index };
    if (this.script.end === 'never') return new Promise(() => {});
    if (this.script.end === 'throws') throw failure;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<number>> {
    this.returns++;
    if (this.script.close === 'throws') throw closing;
    return this.#close();
  }

  async #close(): Promise<IteratorResult<number>> {
    if (this.script.close === 'slowly') await hostTurn();
    this.isClosed = true;
    if (this.script.close === 'rejects') throw closing;
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

function* rest<T>(items: Subscription<T>) {
  const taken: T[] = [];
  yield* items.forEach(function* (item) {
    taken.push(item);
  });
  return taken;
}

describe('itemsOf', () => {
  it('takes the items of an async generator, a stream, a promise of each, and a ReadableStream', async () => {
    const { loop } = promiseLoop();
    async function* generated() {
      yield* [1, 2, 3];
    }
    const stream = new ReadableStream<number>({
      start(controller) {
        for (const item of [1, 2, 3]) controller.enqueue(item);
        controller.close();
      },
    });
    const withoutIterator = { getReader: () => new Blob(['abc']).stream().getReader() };
    await loop.run(function* () {
      for (const items of [generated(), stream, [1, Promise.resolve(2), 3]])
        expect(yield* rest(yield* itemsOf<number>(items))).to.deep.equal([1, 2, 3]);
      const chunks = yield* rest(yield* itemsOf(withoutIterator));
      expect(Buffer.concat(chunks).toString()).to.equal('abc');
      const lines = yield* itemsOf(createInterface(createReadStream(fileURLToPath(import.meta.url))));
      expect((yield* rest(lines)).length).to.be.above(10);
    });
  });

  it('asks for an item only while a task waits, and ahead only as far as it is told', async () => {
    for (const [capacity, asked] of [
      [0, 1],
      [3, 4],
    ] as const) {
      const { loop } = promiseLoop();
      const source = new Scripted({ items: Array(9).fill({ isSlow: false }), end: 'done', close: 'returns' });
      await loop.run(function* () {
        const items = yield* itemsOf(source, { capacity });
        yield* sleep(2);
        expect(source.asked).to.equal(capacity);
        yield* items.next();
        yield* sleep(2);
        // Half of the places must be free before it goes on.
        expect(source.asked).to.be.within(capacity === 0 ? 1 : capacity, asked);
        expect(yield* rest(items)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
      });
    }
  });

  it('gives an item that came for a cancelled wait to the next one', async () => {
    const { loop } = promiseLoop();
    const source = new Scripted({ items: Array(3).fill({ isSlow: true }), end: 'done', close: 'returns' });
    await loop.run(function* () {
      const items = yield* itemsOf(source);
      const taken: unknown[] = [];
      for (let round = 0; round < 3; round++) {
        const { key, value } = yield* select({ tick: sleep(0), item: items.next() });
        // On a busy machine it may come before the tick.
        if (key === 'item') taken.push(value.value);
      }
      expect([...taken, ...(yield* rest(items))]).to.deep.equal([0, 1, 2]);
    });
  });

  it('waits for return() when its task is cancelled, and runs the finally of an async generator', async () => {
    const { loop } = promiseLoop();
    const log: string[] = [];
    async function* generated() {
      try {
        for (;;) yield 1;
      } finally {
        await hostTurn();
        log.push('closed');
      }
    }
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        const items = yield* itemsOf(generated());
        yield* items.forEach(function* () {
          yield* sleep(1000);
        });
      });
      yield* sleep(2);
      task.cancel('enough');
      while (!task.isEnded) yield* sleep(1);
      log.push(task.state);
    });
    expect(log).to.deep.equal(['closed', 'cancelled']);
  });

  it('cancels a ReadableStream and unlocks it', async () => {
    const { loop } = promiseLoop();
    let reason: unknown = 'not cancelled';
    const stream = new ReadableStream<number>({
      pull: controller => controller.enqueue(1),
      cancel: given => {
        reason = given;
      },
    });
    await loop.run(function* () {
      const items = yield* itemsOf({ getReader: () => stream.getReader() });
      expect((yield* items.next()).value).to.equal(1);
    });
    expect([reason, stream.locked]).to.deep.equal([undefined, false]);
  });

  it('unlocks a ReadableStream that ends, that fails, and that fails to be cancelled', async () => {
    const failure = new Error('disk full');
    const streams = {
      ends: new ReadableStream<number>({ pull: controller => controller.close() }),
      fails: new ReadableStream<number>({ pull: controller => controller.error(failure) }),
      'fails to be cancelled': new ReadableStream<number>({
        pull: controller => controller.enqueue(1),
        cancel: () => Promise.reject(failure),
      }),
    };
    for (const [name, stream] of Object.entries(streams)) {
      const { loop } = promiseLoop();
      const run = loop.run(function* () {
        yield* (yield* itemsOf({ getReader: () => stream.getReader() })).next();
      });
      if (name !== 'ends') expect(await errorOf(() => run), name).to.equal(failure);
      await run.catch(() => {});
      expect(stream.locked, name).to.equal(false);
    }
  });

  it('refuses by name what it cannot iterate over, and wrong options', async () => {
    const { loop } = promiseLoop();
    for (const [items, options, message] of [
      [5, {}, 'itemsOf got 5 for its items, expected an iterable'],
      [[1], 5, 'itemsOf got 5, expected options'],
      [[1], { capacity: -1 }, 'capacity of subscribe is -1'],
    ])
      expect((await errorOf(() => loop.run(itemsOf(items as never, options as never)))).message).to.include(message);
  });

  it('does not compile in a loop without promiseModule', () => {
    const loop = createLoop(setTimeoutModule);
    // @ts-expect-error promiseModule is missing
    expect(() => loop.run(itemsOf([1]))).to.be.a('function');
    createLoop(setTimeoutModule, promiseModule);
  });

  it('loses and doubles nothing, and closes once, whatever breaks and whenever it is cancelled', async () => {
    const scripts: fc.Arbitrary<Script> = fc.record({
      items: fc.array(fc.record({ isSlow: fc.boolean() }), { maxLength: 6 }),
      end: fc.constantFrom('done', 'throws', 'never'),
      close: fc.constantFrom('returns', 'slowly', 'throws', 'rejects'),
    });
    const consumers = fc.record({
      /** So many items, then it returns. */
      takes: fc.nat(8),
      /** Waits that are abandoned before each item. */
      abandons: fc.nat(2),
      cancelledAfter: fc.option(fc.nat(6)),
      capacity: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(scripts, consumers, async (script, { takes, abandons, cancelledAfter, capacity }) => {
        const { loop, promises } = promiseLoop();
        const source = new Scripted(script);
        const taken: number[] = [];
        const errors: unknown[] = [];
        let isDone = false;
        function* consume() {
          const items = yield* itemsOf(source, { capacity });
          while (taken.length < takes) {
            for (let wait = 0; wait < abandons; wait++) {
              const impatient = yield* spawn(function* () {
                const next = yield* items.next();
                if (!next.done) taken.push(next.value);
              });
              yield* pause();
              impatient.cancel();
              if (!impatient.isEnded) yield* pause();
            }
            // The impatient may have taken the last item.
            if (taken.length >= takes) return;
            const next = yield* items.next();
            isDone = next.done === true;
            if (next.done) return;
            taken.push(next.value);
          }
        }
        const mayHang = script.end === 'never' && takes > script.items.length;
        const unhandled = await unhandledDuring(() =>
          loop
            .run(function* () {
              const task = yield* spawn(consume());
              if (cancelledAfter !== null || mayHang) {
                for (let turn = 0; turn < (cancelledAfter ?? 20); turn++) yield* sleep(0);
                task.cancel();
              }
            })
            .catch(error => errors.push(...(error instanceof AggregateError ? error.errors : [error]))),
        );
        expect(unhandled).to.deep.equal([]);
        expect(taken).to.deep.equal(Array.from({ length: taken.length }, (_, index) => index));
        expect(source.mostRunning).to.be.at.most(1);
        const isOver = source.asked > script.items.length && script.end !== 'never';
        expect(source.returns).to.be.at.most(1);
        if (isDone || errors.includes(failure)) expect(source.returns).to.equal(0);
        else if (!isOver)
          expect(source.returns).to.equal(source.asked === 0 && taken.length === 0 ? source.returns : 1);
        if (source.returns === 1 && script.close !== 'throws') expect(source.isClosed).to.equal(true);
        expect(errors.includes(closing)).to.equal(source.returns === 1 && ['throws', 'rejects'].includes(script.close));
        expect(source.asked).to.be.at.most(taken.length + capacity + 1);
        expect(promises.inFlight()).to.equal(0);
      }),
      { numRuns: 150 },
    );
  });
});
