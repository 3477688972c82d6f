import { Channel, Queue, type QueueOptions, type SyncEvent, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  HandlerError,
  type Pause,
  pause,
  type Select,
  select,
  shield,
  sleep,
  spawn,
  timeout,
  watch,
  type Yieldable,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';
import { catching, settle, syncLoop, thrownBy } from './sync-loop.js';

/** A queue, and the items of which it says that nobody will get them. */
function reporting(options: QueueOptions<number> = {}, Type = Queue<number>) {
  const lost: number[] = [];
  return { queue: new Type({ ...options, undelivered: item => lost.push(item) }), lost };
}

// The numbers are those of the clauses in packages/sync/README.md.
describe('sync: a queue that is closed with an error', () => {
  it('13. gives its items first, then throws that very error at get, next, forEach, tryGet and put', () => {
    const queue = new Queue<number>();
    const failure = new RangeError('the source has failed');
    const thrown: unknown[] = [];
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      yield* queue.put(2);
      queue.close(failure);
      expect(yield* queue.get()).to.equal(1);
      expect(queue.tryGet()).to.deep.equal({ value: 2 });
      const waits: Yieldable<unknown, SyncEvent | Pause>[] = [
        queue.get(),
        queue.next(),
        queue.put(3),
        queue.forEach(pause),
      ];
      for (const wait of waits) {
        try {
          yield* wait;
        } catch (error) {
          thrown.push(error);
        }
      }
      thrown.push(
        thrownBy(() => queue.tryGet()),
        thrownBy(() => queue.tryPut(4)),
      );
    });
    expect(thrown).to.deep.equal(Array(6).fill(failure));
  });

  it('13. ends the waits that it finds with that error', () => {
    const [empty, full] = [new Queue<number>(), new Channel<number>()];
    const failure = new RangeError('the source has failed');
    const ends = syncLoop().runSync(function* () {
      const tasks = [];
      const waits: Yieldable<unknown, SyncEvent>[] = [empty.get(), empty.next(), full.put(1)];
      for (const wait of waits) tasks.push(yield* spawn(catching(wait)));
      yield* settle();
      empty.close(failure);
      full.close(failure);
      full.close(new Error('too late'));
      const ends = [];
      for (const task of tasks) ends.push(yield* task.join());
      return [...ends, yield* catching(full.put(2))];
    });
    expect(ends).to.deep.equal(Array(4).fill('undefined: the source has failed'));
  });

  it('13. an error of undefined is none, any other value is one', () => {
    const queue = new Queue<number>();
    queue.close(undefined);
    expect(thrownBy(() => queue.tryGet()).code).to.equal('ESC_QUEUE_CLOSED');
    const failed = new Queue<number>();
    failed.close(null);
    for (const use of [() => failed.tryGet(), () => failed.tryPut(1)]) {
      let thrown: unknown = 'nothing';
      try {
        use();
      } catch (error) {
        thrown = error;
      }
      expect(thrown).to.equal(null);
    }
  });
});

describe('sync: a queue that is full', () => {
  it('17. drops its oldest item for a new one', () => {
    const { queue, lost } = reporting({ capacity: 2, overflow: 'drop-oldest' });
    for (const item of [1, 2, 3, 4]) expect(queue.tryPut(item)).to.equal(true);
    expect([queue.tryGet()?.value, queue.tryGet()?.value, queue.tryGet()]).to.deep.equal([3, 4, undefined]);
    expect(lost).to.deep.equal([1, 2]);
  });

  it('17. or drops the new one', () => {
    const { queue, lost } = reporting({ capacity: 2, overflow: 'drop-newest' });
    for (const item of [1, 2, 3, 4]) expect(queue.tryPut(item)).to.equal(true);
    expect([queue.tryGet()?.value, queue.tryGet()?.value, queue.tryGet()]).to.deep.equal([1, 2, undefined]);
    expect(lost).to.deep.equal([3, 4]);
  });

  it('17. drops nothing while a task waits for an item, also without any room', () => {
    for (const overflow of ['drop-oldest', 'drop-newest'] as const) {
      const { queue, lost } = reporting({ overflow }, Channel<number>);
      syncLoop().runSync(function* () {
        const taker = yield* spawn(queue.get());
        yield* settle();
        yield* queue.put(1);
        yield* queue.put(2);
        expect(yield* taker.join()).to.equal(1);
      });
      expect(lost, overflow).to.deep.equal([2]);
    }
  });

  it('17. takes no other word', () => {
    for (const overflow of ['drop', '', null, 5, {}]) {
      const error = thrownBy(() => new Queue({ overflow: overflow as never }));
      expect(error.code).to.equal('ESC_INVALID_ARGUMENT');
      expect(error.message).to.include('expected one of wait, drop-oldest, drop-newest');
    }
    expect(thrownBy(() => new Channel({ undelivered: 5 as never })).code).to.equal('ESC_INVALID_ARGUMENT');
    expect(thrownBy(() => new Channel({ undelivered: function* () {} as never })).message).to.include('without `*`');
  });
});

describe('sync: `undelivered`', () => {
  it('18. gets the item of a put that was cancelled while it waited, once', () => {
    const { queue, lost } = reporting({ capacity: 1 });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      const putter = yield* spawn(queue.put(2));
      yield* settle();
      putter.cancel();
      putter.cancel();
      yield* settle();
      expect(lost).to.deep.equal([2]);
      yield* catching(timeout(5, queue.put(3)));
      expect(lost).to.deep.equal([2, 3]);
      expect(yield* queue.get()).to.equal(1);
    });
  });

  it('18. gets the item of a put by a task that was cancelled before', () => {
    const { queue, lost } = reporting({ capacity: 1 });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      const task = yield* spawn(function* () {
        try {
          yield* sleep(1);
        } finally {
          yield* queue.put(2);
        }
      });
      yield* settle();
      task.cancel();
      yield* settle();
      expect(lost).to.deep.equal([2]);
    });
  });

  it('18. gets the item of a put in a `select` that was cancelled, also before it had to wait', () => {
    const { queue, lost } = reporting({ capacity: 0 });
    syncLoop().runSync(function* () {
      const waiting = yield* spawn(() => select({ put: queue.put(1), never: sleep(Infinity) }));
      const late = yield* spawn(function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* select({ nested: select([queue.put(2)]) as Select, never: sleep(Infinity) });
        }
      });
      yield* pause();
      waiting.cancel();
      late.cancel();
    });
    expect(lost).to.deep.equal([1, 2]);
  });

  it('18. gets the items of puts that a close refuses, and of later ones', () => {
    const { queue, lost } = reporting({ capacity: 1 });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      yield* spawn(catching(queue.put(2)));
      yield* spawn(catching(queue.put(3)));
      yield* settle();
      queue.close();
      expect(lost).to.deep.equal([2, 3]);
      yield* catching(queue.put(4));
      expect(lost).to.deep.equal([2, 3, 4]);
      expect(yield* queue.get()).to.equal(1);
    });
    expect(lost).to.deep.equal([2, 3, 4]);
  });

  it('18. gets what is in the queue at `cancel()`, also after a close', () => {
    const { queue, lost } = reporting({ capacity: 2 });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      yield* queue.put(2);
      yield* spawn(catching(queue.put(3)));
      yield* settle();
      queue.cancel();
      queue.cancel();
      expect(lost).to.deep.equal([1, 2, 3]);
      expect(yield* queue.next()).to.deep.equal({ done: true, value: undefined });
    });
    const later = reporting();
    later.queue.tryPut(1);
    later.queue.close(new Error('first'));
    later.queue.cancel(new Error('second'));
    expect(later.lost).to.deep.equal([1]);
    expect(thrownBy(() => later.queue.tryGet()).message).to.equal('first');
  });

  it('18. does not get what its caller still has: a refused tryPut, a put before its first step, a watch that was cancelled', () => {
    const { queue, lost } = reporting({ capacity: 1 });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      expect(queue.tryPut(2)).to.equal(false);
      const task = yield* spawn(queue.put(3));
      task.cancel();
      const offer = yield* watch(queue.put(4), { resolved() {}, rejected() {} });
      offer.cancel();
      yield* settle();
      queue.close();
      thrownBy(() => queue.tryPut(5));
    });
    expect(lost).to.deep.equal([]);
  });

  it('18. does not get an item that was handed over before the cancellation of either side', () => {
    const { queue, lost } = reporting({}, Channel<number>);
    const got: number[] = [];
    syncLoop().runSync(function* () {
      const putter = yield* spawn(queue.put(1));
      yield* settle();
      const taker = yield* spawn(function* () {
        got.push(yield* queue.get());
      });
      yield* pause();
      putter.cancel();
      taker.cancel();
      yield* settle();
    });
    expect([got, lost]).to.deep.equal([[1], []]);
  });

  it('18. is called when the queue is consistent: it may use it', () => {
    const seen: unknown[] = [];
    const queue: Queue<number> = new Queue<number>({
      capacity: 1,
      undelivered: item => seen.push([item, queue.size, queue.isClosed, queue.isClosed ? undefined : queue.tryGet()]),
    });
    syncLoop().runSync(function* () {
      yield* queue.put(1);
      const putter = yield* spawn(queue.put(2));
      yield* settle();
      putter.cancel();
      yield* queue.put(3);
      queue.cancel();
    });
    expect(seen).to.deep.equal([
      [2, 1, false, { value: 1 }],
      [3, 0, true, undefined],
    ]);
  });

  it('18. of a run that breaks gets the items of the puts that still wait', () => {
    const { queue, lost } = reporting({ capacity: 1 });
    const run = () =>
      syncLoop().runSync(function* () {
        yield* queue.put(1);
        yield* spawn(shield(queue.put(2)));
      });
    expect(run).to.throw(/can ever|deadlock/i);
    expect(lost).to.deep.equal([2]);
  });
});

describe('sync: an `undelivered` that throws', () => {
  const failing = (options: QueueOptions<number> = {}) =>
    new Queue<number>({
      ...options,
      undelivered(item) {
        throw new Error(`cannot close ${item}`);
      },
    });

  it('19. is called for the other items, too; `cancel` and `close` throw what it threw, when all is done', () => {
    const queue = failing({ capacity: 2 });
    queue.tryPut(1);
    queue.tryPut(2);
    const error = thrownBy(() => queue.cancel()) as unknown as AggregateError;
    expect(error).to.be.instanceOf(AggregateError);
    expect(error.errors.map(({ message }) => message)).to.deep.equal(['cannot close 1', 'cannot close 2']);
    expect(queue.isClosed).to.equal(true);
    expect(queue.size).to.equal(0);
    const one = failing();
    one.tryPut(1);
    expect(thrownBy(() => one.cancel()).message).to.equal('cannot close 1');
  });

  it('19. comes out of the put that dropped an item; the new item is in the queue', () => {
    const queue = failing({ capacity: 1, overflow: 'drop-oldest' });
    queue.tryPut(1);
    expect(syncLoop().runSync(catching(queue.put(2)))).to.include('cannot close 1');
    expect(queue.tryGet()).to.deep.equal({ value: 2 });
  });

  it('19. comes out of a refused put together with the refusal', () => {
    const queue = failing();
    queue.close();
    const error = thrownBy(() => syncLoop().runSync(queue.put(1))) as unknown as AggregateError;
    expect(error).to.be.instanceOf(AggregateError);
    expect(error.errors.map(each => each.code ?? each.message)).to.deep.equal(['ESC_QUEUE_CLOSED', 'cannot close 1']);
  });

  it('19. for a put that was cancelled, ends the run with a HandlerError', () => {
    const queue = failing({ capacity: 0 });
    const { loop } = virtualLoop({ handlers: [new SyncHandler()] });
    const error = thrownBy(() =>
      loop.runSync(function* () {
        const putter = yield* spawn(queue.put(1));
        yield* settle();
        putter.cancel();
        yield* settle();
      }),
    );
    expect(error).to.be.instanceOf(HandlerError);
    expect(error.message).to.include('cannot close 1');
  });
});
