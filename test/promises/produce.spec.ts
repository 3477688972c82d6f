import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type Produced, type Put, produce, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import { Cancelled, createLoop, pause, setTimeoutModule, shield, sleep, spawn } from 'escapement';
import fc from 'fast-check';
import { errorOf, hostTurn, promiseLoop, unhandledDuring } from './promise-loop.js';

function counting(most: number, log: unknown[] = []) {
  return function* numbers(put: Put<number>) {
    try {
      for (let n = 0; n < most; n++) {
        log.push(n);
        yield* put(n);
      }
    } finally {
      log.push('over');
    }
  };
}

async function take<T>(items: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) if (taken.push(item) >= most) break;
  return taken;
}

describe('produce', () => {
  it('gives the items of a program to the host, which drives it by its demand', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const numbers = yield* produce(counting(3, log));
      yield* sleep(2);
      expect(log).to.deep.equal([]);
      expect(yield* resolved(numbers.next())).to.deep.equal({ done: false, value: 0 });
      yield* sleep(2);
      expect(log).to.deep.equal([0]);
      expect(yield* resolved(take(numbers))).to.deep.equal([1, 2]);
      expect(yield* resolved(numbers.next())).to.deep.equal({ done: true, value: undefined });
    });
    expect(log).to.deep.equal([0, 1, 2, 'over']);
  });

  it('becomes a Readable or a ReadableStream, with back-pressure', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const words = function* (put: Put<string>) {
        for (const word of ['a ', 'b ', 'c']) yield* put(word);
      };
      expect(yield* resolved(text(Readable.from(yield* produce(words))))).to.equal('a b c');
      const web = ReadableStream.from(yield* produce(counting(1000, log)));
      const reader = web.getReader();
      yield* resolved(reader.read());
      yield* sleep(5);
      expect(log.length).to.be.at.most(2);
      yield* resolved(reader.cancel());
      expect(log.at(-1)).to.equal('over');
    });
  });

  it('is cancelled when the host leaves the iteration, which waits for the end of the task', async () => {
    const { loop } = promiseLoop();
    const log: unknown[] = [];
    await loop.run(function* () {
      const numbers = yield* produce(function* (put: Put<number>) {
        try {
          yield* counting(100)(put);
        } finally {
          log.push('closing');
          yield* shield(resolved(hostTurn()));
        }
      });
      expect(yield* resolved(take(numbers, 2))).to.deep.equal([0, 1]);
      log.push('left');
    });
    expect(log).to.deep.equal(['closing', 'left']);
  });

  it('throws the error of the program to the host, behind the items, and fails its parent', async () => {
    const { loop } = promiseLoop();
    const failure = new Error('no more rows');
    let seen: unknown;
    const unhandled = await unhandledDuring(async () => {
      const error = await errorOf(() =>
        loop.run(function* () {
          const rows = yield* produce(function* (put: Put<number>) {
            yield* put(1);
            throw failure;
          });
          take(rows).catch(error => {
            seen = error;
          });
          yield* sleep(1000);
        }),
      );
      expect(error).to.equal(failure);
    });
    expect(seen).to.equal(failure);
    expect(unhandled).to.deep.equal([]);
  });

  it('throws Cancelled to the host if the program is cancelled, and ends with its run', async () => {
    const { loop } = promiseLoop();
    let numbers: Produced<number> | undefined;
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        const program = function* (put: Put<number>) {
          yield* put(1);
          yield* sleep(1000);
        };
        numbers = yield* produce(program, { name: 'numbers' });
      });
      yield* pause();
      expect(yield* resolved(numbers!.next())).to.deep.equal({ done: false, value: 1 });
      const waiting = errorOf(() => numbers!.next());
      yield* sleep(1);
      task.cancel();
      expect(yield* resolved(waiting)).to.be.instanceOf(Cancelled);
    });
    expect(await numbers!.return()).to.deep.equal({ done: true, value: undefined });
  });

  it('ends with its parent, as a daemon', async () => {
    const { loop } = promiseLoop();
    let numbers: Produced<number> | undefined;
    await loop.run(function* () {
      numbers = yield* produce(counting(10), { daemon: true });
      yield* resolved(numbers.next());
    });
    expect(await errorOf(() => numbers!.next())).to.be.instanceOf(Cancelled);
    expect(await numbers!.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('refuses by name what makes no program, and does not compile without promiseModule', async () => {
    const { loop } = promiseLoop();
    for (const wrong of [5, undefined, async () => {}])
      expect((await errorOf(() => loop.run(produce<number, never>(wrong as never)))).message).to.include('produce got');
    // @ts-expect-error promiseModule is missing
    expect(() => createLoop(setTimeoutModule).run(produce(counting(1)))).to.be.a('function');
    createLoop(setTimeoutModule, promiseModule);
  });

  it('loses and doubles nothing, whatever the host asks for and however many tasks put', async () => {
    const script = fc.record({
      /** How many items each task of the program puts. */
      putters: fc.array(fc.nat(4), { minLength: 1, maxLength: 3 }),
      end: fc.constantFrom('returns', 'throws'),
      /** The host asks for so many at once, again and again. */
      atOnce: fc.integer({ min: 1, max: 4 }),
      leavesAfter: fc.option(fc.nat(8)),
    });
    const failure = new Error('broken');
    await fc.assert(
      fc.asyncProperty(script, async ({ putters, end, atOnce, leavesAfter }) => {
        const { loop, actions } = promiseLoop();
        const put: string[] = [];
        const taken: string[] = [];
        let hostError: unknown;
        const error = await loop
          .run(function* () {
            const items = yield* produce(function* (give: Put<string>) {
              const tasks = [];
              for (const [name, count] of putters.entries())
                tasks.push(
                  yield* spawn(function* () {
                    for (let n = 0; n < count; n++) {
                      yield* give(`${name}.${n}`);
                      put.push(`${name}.${n}`);
                    }
                  }),
                );
              for (const task of tasks) yield* task;
              if (end === 'throws') throw failure;
            });
            const consumed = (async () => {
              for (let isDone = false; !isDone; ) {
                const steps = await Promise.allSettled(Array.from({ length: atOnce }, () => items.next()));
                for (const step of steps) {
                  if (step.status === 'rejected') hostError = step.reason;
                  else if (!step.value.done) taken.push(step.value.value);
                  isDone ||= step.status === 'rejected' || step.value.done === true;
                }
                if (leavesAfter !== null && taken.length >= leavesAfter) {
                  await items.return();
                  isDone = true;
                }
              }
            })();
            yield* resolved(consumed);
          })
          .then(
            () => undefined,
            error => error,
          );
        const total = putters.reduce((sum, count) => sum + count, 0);
        for (const name of putters.keys()) {
          const own = taken.filter(item => item.startsWith(`${name}.`));
          expect(own).to.deep.equal(own.map((_, n) => `${name}.${n}`));
        }
        const hasLeft = leavesAfter !== null && taken.length >= leavesAfter;
        if (!hasLeft) {
          expect(taken.length).to.equal(total);
          expect([error, hostError]).to.deep.equal(end === 'throws' ? [failure, failure] : [undefined, undefined]);
        }
        expect(put.length).to.be.at.most(taken.length);
        expect(actions.inFlight()).to.equal(0);
      }),
      { numRuns: 150 },
    );
  });
});
