import type { Exploration } from '@escapement/explore';
import { Barrier, Broadcast, Channel, Condition, Deferred, Lock, Queue, Semaphore, Signal } from '@escapement/sync';
import { expect } from 'chai';
import {
  all,
  any,
  type Coroutine,
  ensure,
  group,
  map,
  moveOnAfter,
  pause,
  race,
  type Started,
  scope,
  select,
  shield,
  sleep,
  spawn,
  started,
  supervise,
  type Task,
  type TaskGroup,
  type Yieldable,
} from 'escapement';
import type { Played, Programs } from './exploring.js';

type Body = () => Yieldable<unknown, Played>;

interface Others {
  /** Run beside the bodies, and are never cancelled. */
  readonly beside?: Body;
  /** Is called when a body has ended, however it did: before its first step, it has no `finally`. */
  readonly ended?: (index: number) => void;
}

/** Runs bodies side by side. One of them, or none, may be cancelled at any point. An error of one cancels no other. */
function* sideBySide(run: Exploration, bodies: readonly Body[], others: Others = {}): Coroutine<Task[], Played> {
  const { beside, ended } = others;
  const tasks: Task[] = [];
  const errors: unknown[] = [];
  yield* supervise(
    function* () {
      for (const body of bodies) tasks.push(yield* spawn(body));
      if (beside !== undefined) yield* spawn(beside, { name: 'beside' });
      const victim = tasks[run.choose(tasks.length + 1)];
      if (victim !== undefined) run.mayCancel(victim);
    },
    {
      ended: task => {
        if (task.result.state === 'failed') errors.push(task.result.error);
        if (tasks.includes(task)) ended?.(tasks.indexOf(task));
      },
    },
  );
  expect(errors).to.deep.equal([]);
  for (const task of tasks) expect(task.isEnded).to.equal(true);
  return tasks;
}

function hasSucceeded(task: Task): boolean {
  return task.state === 'succeeded';
}

/** Counts who is inside, and pauses there. */
class Section {
  inside = 0;
  most = 0;

  *visit(): Coroutine<void, Played> {
    this.most = Math.max(this.most, ++this.inside);
    try {
      yield* pause();
    } finally {
      this.inside--;
    }
  }
}

/** Two or three tasks of few steps each: all their orders are tried. */
export const smallPrograms: Programs = {
  *'a lock lets one in, and is free at the end'(run) {
    const lock = new Lock();
    const section = new Section();
    const visit = () => lock.with(() => section.visit());
    yield* sideBySide(run, [visit, visit, visit]);
    expect([section.most, section.inside, lock.isHeld]).to.deep.equal([1, 0, false]);
  },

  *'a semaphore lets in as many as it has permits, and has them at the end'(run) {
    const semaphore = new Semaphore(2);
    const section = new Section();
    const visit = () => semaphore.with(() => section.visit());
    yield* sideBySide(run, [visit, visit, visit]);
    expect(section.most).to.be.at.most(2);
    expect(semaphore.statistics()).to.deep.equal({ total: 2, borrowed: 0, free: 2, waiting: 0 });
  },

  *'a semaphore that shrinks and grows has its permits at the end'(run) {
    const semaphore = new Semaphore(1);
    const section = new Section();
    const visit = () => semaphore.with(() => section.visit());
    yield* sideBySide(run, [visit, visit], {
      *beside() {
        semaphore.resize(0);
        yield* pause();
        semaphore.resize(2);
      },
    });
    expect(section.most).to.be.at.most(2);
    expect(semaphore.statistics()).to.deep.equal({ total: 2, borrowed: 0, free: 2, waiting: 0 });
  },

  *'a queue loses and doubles no item'(run) {
    const undelivered: number[] = [];
    const queue = new Queue<number>({ capacity: run.choose(2), undelivered: item => undelivered.push(item) });
    const got: number[] = [];
    let put = 0;
    function* producer() {
      try {
        for (; put < 2; put++) yield* queue.put(put);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ESC_QUEUE_CLOSED') throw error;
      }
    }
    function* consumer() {
      for (let next = yield* queue.next(); !next.done; next = yield* queue.next()) {
        got.push(next.value);
        yield* pause();
      }
    }
    const ended = (index: number) => (index === 0 ? queue.close() : queue.cancel());
    const [, consumed] = yield* sideBySide(run, [producer, consumer], { ended });
    const all = [...got, ...undelivered].toSorted();
    expect(new Set(all).size).to.equal(all.length);
    // The put that was cut off may or may not have handed its item over; those before have.
    expect(all.length).to.be.within(put, put + 1);
    if (hasSucceeded(consumed!)) expect(got).to.deep.equal([0, 1].slice(0, got.length));
  },

  *'a get that lost in a select has taken nothing'(run) {
    const queue = new Queue<number>();
    const got: number[] = [];
    function* takes() {
      const first = yield* select({ item: queue.get(), time: sleep(1) });
      if (first.key === 'item') got.push(first.value);
    }
    const tasks = yield* sideBySide(run, [takes, takes], {
      *beside() {
        yield* queue.put(1);
        yield* pause();
        yield* queue.put(2);
      },
    });
    // A task that is cancelled when it has taken its item does not say so.
    const mayHaveTaken = tasks.filter(task => !hasSucceeded(task)).length;
    expect(got.length + queue.size).to.be.within(2 - mayHaveTaken, 2);
  },

  *'a channel hands over to one, and a select takes one side only'(run) {
    const [left, right] = [new Channel<number>(), new Channel<number>()];
    const given: number[] = [];
    const got: number[] = [];
    const meets = (item: number, mine: Channel<number>, other: Channel<number>) =>
      function* () {
        const first = yield* moveOnAfter(1, select({ put: mine.put(item), get: other.get() }));
        if (first?.key === 'put') given.push(item);
        if (first?.key === 'get') got.push(first.value);
      };
    yield* sideBySide(run, [meets(1, left, right), meets(2, right, left)]);
    // A put whose task was cancelled just then has given its item all the same, but does not say so.
    expect(got).to.include.members(given);
    expect(new Set(got).size).to.equal(got.length);
    expect(got.length).to.be.at.most(1);
  },

  *'of two locks a select takes one, and the other is free'(run) {
    const locks = [new Lock('a'), new Lock('b')] as const;
    const section = new Section();
    function* takesOne() {
      const { key } = yield* select({ a: locks[0].acquire(), b: locks[1].acquire() });
      try {
        yield* section.visit();
      } finally {
        locks[key === 'a' ? 0 : 1].release();
      }
    }
    yield* sideBySide(run, [takesOne, takesOne], { beside: () => locks[0].with(takesOther) });
    function* takesOther() {
      yield* locks[1].with(pause());
    }
    expect(section.most).to.be.at.most(2);
    expect(locks.map(lock => lock.isHeld)).to.deep.equal([false, false]);
  },

  *'a group that is cancelled has ended all its tasks, and takes no more'(run) {
    const section = new Section();
    let tasksOf: TaskGroup | undefined;
    yield* sideBySide(
      run,
      [
        function* () {
          yield* group(function* (tasks) {
            tasksOf = tasks;
            for (let n = 0; n < 2 && !tasks.isCancelled; n++) yield* tasks.start(ready);
          });
          expect(section.inside).to.equal(0);
        },
      ],
      {
        *beside() {
          yield* pause();
          tasksOf?.cancel();
        },
      },
    );
    function* ready(): Coroutine<void, Played | Started<void>> {
      yield* started();
      yield* section.visit();
    }
    expect([section.inside, tasksOf?.isEnded ?? true]).to.deep.equal([0, true]);
  },

  *'each subscriber of a broadcast sees what was published since it came, in order'(run) {
    const broadcast = new Broadcast<number>();
    const seen: number[][] = [];
    let published = 0;
    function* reads() {
      const mine: number[] = [];
      const subscriber = broadcast.subscribe();
      const from = published;
      seen.push(mine);
      try {
        for (let next = yield* subscriber.next(); !next.done; next = yield* subscriber.next()) {
          expect(next.value).to.equal(from + mine.length);
          mine.push(next.value);
          yield* pause();
        }
        expect(from + mine.length).to.equal(published);
      } finally {
        subscriber.unsubscribe();
      }
    }
    yield* sideBySide(run, [reads, reads], {
      *beside() {
        for (let n = 0; n < 2; n++) {
          broadcast.publish(published++);
          yield* pause();
        }
        broadcast.close();
      },
    });
    expect(broadcast.subscribers).to.equal(0);
  },

  *'a notification reaches a waiter that lives'(run) {
    const lock = new Lock();
    const condition = new Condition(lock);
    let isSet = false;
    let passed = 0;
    const waits = () =>
      lock.with(function* () {
        while (!isSet) yield* condition.wait();
        passed++;
        // Who leaves wakes the next one: a notification of one must not be lost with its waiter.
        condition.notify();
      });
    const tasks = yield* sideBySide(run, [waits, waits], {
      *beside() {
        yield* pause();
        // The one that is notified waits for the lock, and may be cancelled there.
        yield* lock.with(function* () {
          isSet = true;
          condition.notify();
          yield* pause();
        });
      },
    });
    expect(passed).to.be.at.least(tasks.filter(hasSucceeded).length);
    expect(lock.isHeld).to.equal(false);
  },

  *'a barrier opens once all have come, and can be left by nobody'(run) {
    const barrier = new Barrier(2);
    const log: string[] = [];
    const arrives = function* () {
      log.push('comes');
      yield* select({ open: barrier.wait(), time: sleep(5) });
      log.push('goes');
    };
    yield* sideBySide(run, [arrives, arrives]);
    expect(barrier.arrived).to.equal(0);
  },

  *'a deferred and a signal reach all who wait'(run) {
    const deferred = new Deferred<number>();
    const signal = new Signal();
    const values: number[] = [];
    const waits = function* () {
      values.push(yield* deferred.wait());
      yield* signal.wait();
    };
    const tasks = yield* sideBySide(run, [waits, waits], {
      *beside() {
        yield* pause();
        deferred.resolve(7);
        signal.set();
      },
    });
    expect(values.every(value => value === 7)).to.equal(true);
    expect(values.length).to.be.at.least(tasks.filter(hasSucceeded).length);
  },

  *'all has every value, or has ended every body'(run) {
    const section = new Section();
    function* work(value: number) {
      yield* section.visit();
      return value;
    }
    let values: unknown;
    const [task] = yield* sideBySide(run, [
      function* () {
        values = yield* all([work(1), work(2)]);
      },
    ]);
    if (hasSucceeded(task!)) expect(values).to.deep.equal([1, 2]);
    expect(section.inside).to.equal(0);
  },

  *'race has one winner, and any the first success; the losers have ended'(run) {
    const section = new Section();
    function* work(value: number) {
      yield* section.visit();
      if (value === 1) throw new Error('boom');
      return value;
    }
    let value: unknown;
    const [task] = yield* sideBySide(run, [
      function* () {
        value = yield* race([work(2), any([work(1), work(3)])]);
      },
    ]);
    if (hasSucceeded(task!)) expect(value).to.be.oneOf([2, 3]);
    expect(section.inside).to.equal(0);
  },

  *'map keeps to its limit, and to the order'(run) {
    const section = new Section();
    let values: unknown;
    function* work(n: number) {
      yield* section.visit();
      return 10 * n;
    }
    const [task] = yield* sideBySide(run, [
      function* () {
        values = yield* map([1, 2, 3], work, { concurrency: 2 });
      },
    ]);
    if (hasSucceeded(task!)) expect(values).to.deep.equal([10, 20, 30]);
    expect(section.most).to.be.at.most(2);
    expect(section.inside).to.equal(0);
  },

  *'a group has ended all its tasks'(run) {
    const section = new Section();
    let begun = 0;
    function* visitor(): Coroutine<void, Played | Started<string>> {
      yield* pause();
      yield* started('ready');
      yield* section.visit();
    }
    yield* sideBySide(run, [
      function* () {
        yield* group(function* (tasks) {
          for (; begun < 2; begun++) expect(yield* tasks.start(visitor)).to.equal('ready');
        });
        expect([begun, section.inside]).to.deep.equal([2, 0]);
      },
    ]);
    expect(section.inside).to.equal(0);
  },

  *'a limit ends its body, and nothing after it'(run) {
    const section = new Section();
    const lock = new Lock();
    yield* sideBySide(run, [
      function* () {
        yield* moveOnAfter(1, () => lock.with(() => section.visit()));
        expect(section.inside).to.equal(0);
        yield* pause();
      },
      () => lock.with(sleep(2)),
    ]);
    expect([section.inside, lock.isHeld]).to.deep.equal([0, false]);
  },

  *'clean-ups run once, in reverse, also behind a shield'(run) {
    const log: string[] = [];
    function* body() {
      yield* scope(function* () {
        yield* ensure(function* () {
          yield* pause();
          log.push('first');
        });
        yield* ensure(function* () {
          yield* shield(pause());
          log.push('second');
        });
        log.push('body');
        yield* pause();
      });
    }
    const [task] = yield* sideBySide(run, [body], { beside: pause });
    if (log.includes('body') || hasSucceeded(task!)) expect(log).to.deep.equal(['body', 'second', 'first']);
  },
};
