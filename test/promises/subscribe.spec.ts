import { EventEmitter } from 'node:events';
import { type PausableSource, type Subscription, SubscriptionOverflowError, subscribe } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  createLoop,
  DeadlockError,
  IncompatiblePluginsError,
  pause,
  scope,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import { errorOf } from './promise-loop.js';

/** A source whose items the test emits. */
class TestSource {
  readonly log: string[] = [];
  declare emit: (item: number) => void;
  declare fail: (error: unknown) => void;
  declare end: () => void;
  undo = () => {};

  readonly start = (emit: (item: number) => void, fail: (error: unknown) => void, end: () => void) => {
    this.log.push('start');
    Object.assign(this, { emit, fail, end });
    return () => this.stop();
  };

  readonly startPausable = (...[emit, fail, end]: Parameters<TestSource['start']>): PausableSource => {
    this.start(emit, fail, end);
    return { stop: () => this.stop(), pause: () => this.log.push('pause'), resume: () => this.log.push('resume') };
  };

  private stop(): void {
    this.log.push('stop');
    this.undo();
  }
}

const loopOf = () => createLoop(setTimeoutModule, sleepModule, promiseModule);

function* all(items: Subscription<number>) {
  const taken: number[] = [];
  for (let next = yield* items.next(); !next.done; next = yield* items.next()) taken.push(next.value);
  return taken;
}

describe('subscribe', () => {
  it('subscribes once, keeps what comes between two waits, and gives it in order', async () => {
    const source = new TestSource();
    const taken = await loopOf().run(function* () {
      const items = yield* subscribe<number>(source.start);
      setTimeout(() => source.emit(1), 1);
      const first = yield* items.next();
      for (const item of [2, 3, 4]) source.emit(item);
      yield* sleep(1);
      expect(items.size).to.equal(3);
      source.end();
      return [first.value, ...(yield* all(items))];
    });
    expect(taken).to.deep.equal([1, 2, 3, 4]);
    expect(source.log).to.deep.equal(['start', 'stop']);
  });

  it('runs forEach for one item after another, until the source ends', async () => {
    const emitter = new EventEmitter();
    const seen: number[] = [];
    await loopOf().run(function* () {
      const items = yield* subscribe<number>((emit, fail, end) => {
        emitter.on('item', emit).on('error', fail).on('end', end);
        return () => emitter.removeAllListeners();
      });
      setTimeout(() => {
        for (const item of [1, 2, 3]) emitter.emit('item', item);
        // Not a timer of its own from the start: the host may run two late timers of different lengths in any order.
        setTimeout(() => emitter.emit('end'), 1);
      }, 1);
      yield* items.forEach(function* (item) {
        yield* pause();
        seen.push(item);
      });
    });
    expect(seen).to.deep.equal([1, 2, 3]);
    expect(emitter.eventNames()).to.deep.equal([]);
  });

  it('serves several takers in the order in which they came, and none that is cancelled', async () => {
    const source = new TestSource();
    const log: string[] = [];
    await loopOf().run(function* () {
      const items = yield* subscribe<number>(source.start);
      function* taker(name: string) {
        log.push(`${name} ${(yield* items.next()).value}`);
      }
      const tasks = [];
      for (const name of ['a', 'b', 'c', 'd']) tasks.push(yield* spawn(taker(name)));
      yield* pause();
      tasks[1]!.cancel();
      for (const item of [1, 2, 3, 4]) source.emit(item);
      yield* tasks[3]!;
      log.push(`left ${(yield* items.next()).value}`);
    });
    expect(log).to.deep.equal(['a 1', 'c 2', 'd 3', 'left 4']);
  });

  const endings: Record<string, (items: Subscription<number>, source: TestSource) => void> = {
    'the source ends': (_, source) => source.end(),
    'the source fails': (_, source) => source.fail(new Error('failed')),
    'the buffer overflows': (_, source) => [1, 2, 3].forEach(source.emit),
    'it is closed': items => items.close(),
    'its task returns': () => {},
    'its task throws': () => {
      throw new Error('thrown');
    },
  };
  for (const [title, end] of Object.entries(endings)) {
    it(`is undone once when ${title}`, async () => {
      const source = new TestSource();
      await loopOf()
        .run(function* () {
          const items = yield* subscribe<number>(source.start, { capacity: 2 });
          yield* sleep(1);
          end(items, source);
          items.close();
          source.end();
        })
        .catch(() => {});
      source.emit(9);
      expect(source.log).to.deep.equal(['start', 'stop']);
    });
  }

  it('is undone once when its task is cancelled, at the wait or elsewhere', async () => {
    for (const wait of [(items: Subscription<number>) => items.next(), () => sleep(100)]) {
      const source = new TestSource();
      await loopOf().run(function* () {
        const task = yield* spawn(function* () {
          yield* wait(yield* subscribe<number>(source.start));
        });
        yield* sleep(1);
        task.cancel();
        yield* sleep(1);
        expect(source.log).to.deep.equal(['start', 'stop']);
      });
    }
  });

  it('is undone at the end of its scope; what it holds can still be taken', async () => {
    const source = new TestSource();
    await loopOf().run(function* () {
      const items = yield* scope(function* () {
        const items = yield* subscribe<number>(source.start);
        source.emit(1);
        return items;
      });
      expect(source.log).to.deep.equal(['start', 'stop']);
      expect(yield* all(items)).to.deep.equal([1]);
    });
  });

  it('throws the error of the source behind the items, at every taker, each time', async () => {
    const source = new TestSource();
    await loopOf().run(function* () {
      const items = yield* subscribe<number>(source.start);
      const outcome = function* () {
        try {
          return (yield* items.next()).value;
        } catch (error) {
          return error;
        }
      };
      source.emit(1);
      source.fail('refused');
      source.fail('again');
      expect([yield* outcome(), yield* outcome(), yield* outcome()]).to.deep.equal([1, 'refused', 'refused']);

      const other = new TestSource();
      const more = yield* subscribe<number>(other.start);
      const waiting = [yield* spawn(errorOfNext(more)), yield* spawn(errorOfNext(more))];
      yield* pause();
      other.fail(undefined);
      expect([yield* waiting[0]!, yield* waiting[1]!]).to.deep.equal([{ error: undefined }, { error: undefined }]);
    });
  });

  describe('whose buffer is full', () => {
    it("ends with an error behind the items: 'error', the default", async () => {
      const source = new TestSource();
      await loopOf().run(function* () {
        const items = yield* subscribe<number>(source.start, { capacity: 2, name: 'numbers' });
        for (const item of [1, 2, 3, 4]) source.emit(item);
        expect([(yield* items.next()).value, (yield* items.next()).value]).to.deep.equal([1, 2]);
        const { error } = (yield* errorOfNext(items)) as { error: Error };
        expect(error).to.be.instanceOf(SubscriptionOverflowError);
        expect(error.message).to.include('subscription "numbers" holds 2 items that no task has taken');
      });
    });

    for (const [overflow, kept] of [
      ['drop-oldest', [3, 4]],
      ['drop-newest', [1, 2]],
    ] as const) {
      it(`${overflow}s, and counts them`, async () => {
        const source = new TestSource();
        await loopOf().run(function* () {
          const items = yield* subscribe<number>(source.start, { capacity: 2, overflow });
          for (const item of [1, 2, 3, 4]) source.emit(item);
          source.end();
          expect(yield* all(items)).to.deep.equal(kept);
          expect(items.dropped).to.equal(2);
        });
      });
    }

    it('pauses the source, keeps what comes nevertheless, and resumes it when half is free', async () => {
      const source = new TestSource();
      await loopOf().run(function* () {
        const items = yield* subscribe<number>(source.startPausable, { capacity: 4, overflow: 'pause' });
        for (const item of [1, 2, 3, 4, 5]) source.emit(item);
        expect(source.log).to.deep.equal(['start', 'pause']);
        for (let taken = 1; taken <= 3; taken++) {
          expect(source.log).to.deep.equal(['start', 'pause']);
          expect((yield* items.next()).value).to.equal(taken);
        }
        expect(source.log).to.deep.equal(['start', 'pause', 'resume']);
        source.end();
        expect(yield* all(items)).to.deep.equal([4, 5]);
      });
      expect(source.log).to.deep.equal(['start', 'pause', 'resume', 'stop']);
    });

    it('pauses a source that fills it at once, as soon as that can be paused', async () => {
      const source = new TestSource();
      await loopOf().run(function* () {
        const items = yield* subscribe<number>(
          (...functions) => {
            const made = source.startPausable(...functions);
            [1, 2, 3].forEach(source.emit);
            return made;
          },
          { capacity: 2, overflow: 'pause' },
        );
        expect(source.log).to.deep.equal(['start', 'pause']);
        expect(items.size).to.equal(3);
      });
    });
  });

  it('may end or fail inside of the source', async () => {
    for (const failure of [undefined, new Error('at once')]) {
      const source = new TestSource();
      const outcome = await loopOf().run(function* () {
        const items = yield* subscribe<number>((...functions) => {
          const undo = source.start(...functions);
          source.emit(1);
          if (failure === undefined) source.end();
          else source.fail(failure);
          return undo;
        });
        expect(source.log).to.deep.equal(['start', 'stop']);
        expect((yield* items.next()).value).to.equal(1);
        return failure === undefined ? yield* items.next() : yield* errorOfNext(items);
      });
      expect(outcome).to.deep.equal(failure === undefined ? { done: true, value: undefined } : { error: failure });
    }
  });

  it('throws what the source throws', async () => {
    const error = new Error('no such folder');
    const program = subscribe<number>(() => {
      throw error;
    });
    expect(await errorOf(() => loopOf().run(() => program))).to.equal(error);
  });

  it('throws what the undo throws: at next(), by close(), and at the end of the task', async () => {
    const error = new Error('cannot undo');
    const failing = () => {
      const source = new TestSource();
      source.undo = () => {
        throw error;
      };
      return source;
    };
    await loopOf().run(function* () {
      const source = failing();
      const items = yield* subscribe<number>(source.start);
      source.end();
      expect(yield* errorOfNext(items)).to.deep.equal({ error });

      const other = failing();
      const more = yield* subscribe<number>(other.start);
      other.fail('refused');
      const both = (yield* errorOfNext(more)) as { error: AggregateError };
      expect(both.error.errors).to.deep.equal(['refused', error]);

      const closed = yield* subscribe<number>(failing().start);
      expect(() => closed.close()).to.throw(error);
    });
    const atTheEnd = errorOf(() => loopOf().run(() => subscribe<number>(failing().start)));
    expect(await atTheEnd).to.equal(error);
  });

  it('refuses wrong options and sources by name', async () => {
    const wrong: [unknown, unknown, string][] = [
      [5, {}, 'subscribe got 5'],
      [() => () => {}, 5, 'expected an object of options'],
      [() => () => {}, { capacity: 0 }, 'capacity of subscribe is 0'],
      [() => () => {}, { overflow: 'block' }, 'subscribe got "block" as `overflow`'],
      [() => undefined, {}, 'subscribe got undefined, expected from the source a function that stops it'],
      [() => () => {}, { overflow: 'pause' }, 'expected from the source `{ stop, pause, resume }`'],
      [() => ({ stop() {}, pause() {} }), { overflow: 'pause' }, 'subscribe for `resume` of what the source returned'],
    ];
    for (const [source, options, message] of wrong) {
      const error = await errorOf(() => loopOf().run(() => subscribe(source as never, options as never)));
      expect(error.message).to.include(message);
    }
  });

  it('waits for a source that takes time to stop: by closed(), and at the end of its task', async () => {
    for (const ends of ['closed', 'returns', 'is cancelled'] as const) {
      const log: string[] = [];
      await loopOf().run(function* () {
        const task = yield* spawn(function* () {
          const items = yield* subscribe<number>(() => async () => {
            await new Promise(resolve => setTimeout(resolve, 2));
            log.push('stopped');
          });
          if (ends === 'closed') yield* items.closed();
          else if (ends === 'is cancelled') yield* sleep(1000);
          log.push('body ends');
        });
        yield* sleep(1);
        task.cancel();
        while (!task.isEnded) yield* sleep(1);
        log.push('task ends');
      });
      const expected = {
        // A cancellation does not interrupt it.
        closed: ['stopped', 'body ends', 'task ends'],
        returns: ['body ends', 'stopped', 'task ends'],
        'is cancelled': ['stopped', 'task ends'],
      };
      expect(log, ends).to.deep.equal(expected[ends]);
    }
  });

  it('throws what a source rejects with that takes time to stop', async () => {
    const failure = new Error('cannot stop');
    const program = subscribe<number>(() => () => Promise.reject(failure));
    expect(await errorOf(() => loopOf().run(() => program))).to.equal(failure);
  });

  it('runs a source only while a task waits, with a capacity of 0', async () => {
    const source = new TestSource();
    await loopOf().run(function* () {
      const items = yield* subscribe<number>(source.startPausable, { capacity: 0, overflow: 'pause' });
      const log = (step: string) => source.log.push(step);
      const taker = yield* spawn(items.next());
      yield* pause();
      source.emit(1);
      log('emitted');
      expect((yield* taker).value).to.equal(1);
      const impatient = yield* spawn(items.next());
      yield* pause();
      impatient.cancel();
      log('cancelled');
      // Kept, although nobody waits.
      source.emit(2);
      expect((yield* items.next()).value).to.equal(2);
      const takers = [yield* spawn(items.next()), yield* spawn(items.next())];
      yield* pause();
      source.emit(3);
      log('one of two');
      source.emit(4);
      expect([(yield* takers[0]!).value, (yield* takers[1]!).value]).to.deep.equal([3, 4]);
    });
    expect(source.log.join(' ')).to.equal(
      'start pause resume pause emitted resume pause cancelled resume one of two pause stop',
    );
  });

  it('counts as in flight while a task waits: no deadlock before the source has ended, and one after', async () => {
    const source = new TestSource();
    const error = await errorOf(() =>
      loopOf().run(function* () {
        const items = yield* subscribe<number>(source.start);
        setTimeout(() => source.end(), 5);
        yield* items.next();
        yield* sleep(Infinity);
      }),
    );
    expect(error).to.be.instanceOf(DeadlockError);
  });

  it('keeps order and loses nothing, with ten thousand items and takers that come and go', async () => {
    const source = new TestSource();
    const taken: number[] = [];
    await loopOf().run(function* () {
      const items = yield* subscribe<number>(source.start, { capacity: 20_000 });
      for (let item = 0; item < 10_000; ) {
        for (let burst = 0; burst < 50; burst++) source.emit(item++);
        const impatient = yield* spawn(items.next());
        yield* pause();
        if (impatient.result.state === 'succeeded') taken.push((impatient.result.value as { value: number }).value);
        impatient.cancel();
      }
      source.end();
      taken.push(...(yield* all(items)));
    });
    expect(taken).to.deep.equal(Array.from({ length: 10_000 }, (_, index) => index));
  });

  it('is refused beside a strategy that never lets the host run, and without its module does not compile', () => {
    expect(() => createLoop(busyWaitModule, promiseModule)).to.throw(IncompatiblePluginsError);
    const loop = createLoop(setTimeoutModule);
    function* program() {
      yield* (yield* subscribe<number>(new TestSource().start)).next();
    }
    // @ts-expect-error promiseModule is missing
    const run = () => loop.run(program);
    expect(run).to.be.a('function');
  });
});

function* errorOfNext(items: Subscription<number>) {
  try {
    yield* items.next();
  } catch (error) {
    return { error };
  }
  return 'nothing was thrown';
}
