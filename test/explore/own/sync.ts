import type { Exploration } from '@escapement/explore';
import { Barrier, Broadcast, Channel, Condition, Deferred, Lock, Queue, Semaphore, Signal } from '@escapement/sync';
import { expect } from 'chai';
import {
  all,
  type Coroutine,
  moveOnAfter,
  scope,
  select,
  sleep,
  spawn,
  supervise,
  type Task,
  TimeoutError,
  timeout,
} from 'escapement';
import { mayCancelOne, type Played, type Programs, steps } from './exploring.js';

/** Spawns `count` tasks with `body`, and one that may cancel one of them. */
function* withInjected(
  run: Exploration,
  count: number,
  body: (index: number) => Coroutine<void, Played>,
): Coroutine<Task[], Played> {
  const tasks: Task[] = [];
  yield* scope(function* () {
    for (let index = 0; index < count; index++) tasks.push(yield* spawn(body(index), { name: `worker ${index}` }));
    mayCancelOne(run, tasks);
  });
  return tasks;
}

/** How many are inside of a critical section. */
class Section {
  inside = 0;
  most = 0;
  enter(): void {
    this.most = Math.max(this.most, ++this.inside);
  }
  leave(): void {
    this.inside--;
  }
}

export const syncPrograms: Programs = {
  *'a lock lets one in at a time, and is free at the end'(run) {
    const lock = new Lock();
    const section = new Section();
    yield* withInjected(run, 3, function* () {
      for (let round = 0; round < 2; round++) {
        yield* lock.with(function* () {
          section.enter();
          try {
            yield* steps(run, 2);
          } finally {
            section.leave();
          }
        });
      }
    });
    expect([section.most, section.inside, lock.isHeld]).to.deep.equal([1, 0, false]);
  },

  *'a lock that was acquired within a limit is held, else it is not'(run) {
    const lock = new Lock();
    const section = new Section();
    yield* withInjected(run, 3, function* () {
      for (let round = 0; round < 2; round++) {
        try {
          yield* timeout(run.choose(3), lock.acquire());
        } catch (error) {
          if (error instanceof TimeoutError) continue;
          throw error;
        }
        try {
          section.enter();
          yield* sleep(run.choose(3));
        } finally {
          section.leave();
          lock.release();
        }
      }
    });
    expect([section.most, section.inside, lock.isHeld]).to.deep.equal([1, 0, false]);
  },

  *'a semaphore admits as many as it has permits, and gets all of them back'(run) {
    const semaphore = new Semaphore(2);
    const section = new Section();
    const sizes = [run.choose(4), run.choose(4), 1 + run.choose(3)];
    yield* scope(function* () {
      yield* spawn(
        withInjected(run, 4, function* () {
          for (let round = 0; round < 2; round++) {
            yield* semaphore.with(function* () {
              section.enter();
              try {
                yield* steps(run, 2);
              } finally {
                section.leave();
              }
            });
          }
        }),
      );
      yield* spawn(function* () {
        for (const size of sizes) {
          yield* steps(run, 4);
          semaphore.resize(size);
        }
      });
    });
    expect(section.most).to.be.at.most(Math.max(2, ...sizes));
    expect(semaphore.statistics()).to.deep.equal({ total: sizes[2], borrowed: 0, free: sizes[2], waiting: 0 });
  },

  *'a permit that lost in a select was not taken'(run) {
    const semaphore = new Semaphore(1);
    const section = new Section();
    yield* withInjected(run, 3, function* () {
      for (let round = 0; round < 2; round++) {
        const first = yield* select({ permit: semaphore.acquire(), time: sleep(run.choose(2)) });
        if (first.key !== 'permit') continue;
        try {
          section.enter();
          yield* sleep(run.choose(2));
        } finally {
          section.leave();
          semaphore.release();
        }
      }
    });
    expect(section.most).to.be.at.most(1);
    expect(semaphore.statistics()).to.deep.equal({ total: 1, borrowed: 0, free: 1, waiting: 0 });
  },

  *'a queue loses and doubles no item'(run) {
    const out: number[] = [];
    const refused: number[] = [];
    const capacity = [0, 1, 2, Infinity][run.choose(4)]!;
    const overflow = (['wait', 'drop-oldest', 'drop-newest'] as const)[capacity === 0 ? 0 : run.choose(3)]!;
    const ending = (['none', 'close', 'cancel'] as const)[run.choose(3)]!;
    const queue = new Queue<number>({ capacity, overflow, undelivered: item => refused.push(item) });
    let put = 0;
    function* producer() {
      for (let n = 0; n < 3; n++) {
        const item = put++;
        const way = run.choose(4);
        if (queue.isClosed) return refused.push(item);
        if (way === 0) {
          if (!queue.tryPut(item)) refused.push(item);
        } else if (way === 1) {
          const first = yield* select({ put: queue.put(item), time: sleep(run.choose(2)) });
          if (first.key === 'time') refused.push(item);
        } else if (way === 2) {
          let isHandedOver = false;
          try {
            yield* moveOnAfter(run.choose(2), function* () {
              isHandedOver = true;
              yield* queue.put(item);
            });
          } finally {
            // The time was up before the first step of the body.
            if (!isHandedOver) refused.push(item);
          }
        } else yield* queue.put(item);
        yield* steps(run, 1);
      }
      return 0;
    }
    function* consumer() {
      for (let n = 0; n < 3; n++) {
        const way = run.choose(4);
        if (way === 0) {
          const got = queue.tryGet();
          if (got !== undefined) out.push(got.value);
        } else if (way === 1) {
          const first = yield* select({ item: queue.get(), time: sleep(run.choose(2)) });
          if (first.key === 'item') out.push(first.value);
        } else if (way === 2) {
          const item = yield* moveOnAfter(run.choose(2), queue.get());
          if (item !== undefined) out.push(item);
        } else {
          const next = yield* queue.next();
          if (next.done) return;
          out.push(next.value);
        }
        yield* steps(run, 1);
      }
    }
    yield* supervise(
      function* () {
        const tasks: Task[] = [];
        for (let n = 0; n < 2; n++) {
          tasks.push(yield* spawn(producer), yield* spawn(consumer));
        }
        mayCancelOne(run, tasks);
        yield* sleep(run.choose(4));
        yield* steps(run, 8);
        if (ending === 'close') queue.close();
        else if (ending === 'cancel') queue.cancel();
        yield* sleep(10);
        // Those that wait still wait for an item, or for room.
        queue.close();
      },
      {
        ended: task => {
          if (task.result.state === 'failed') expect(task.result.error).to.have.property('code', 'ESC_QUEUE_CLOSED');
        },
      },
    );
    queue.cancel();
    expect([...out, ...refused].toSorted((a, b) => a - b)).to.deep.equal(Array.from({ length: put }, (_, n) => n));
  },

  *'a queue keeps the order of each producer'(run) {
    const queue = new Queue<readonly [producer: number, item: number]>({ capacity: run.choose(3) });
    const seen = [-1, -1];
    yield* scope(function* () {
      const consumer = yield* spawn(
        queue.forEach(function* ([producer, item]) {
          expect(item).to.equal(seen[producer]! + 1);
          seen[producer] = item;
          yield* steps(run, 1);
        }),
      );
      yield* all(
        [0, 1].map(producer =>
          (function* () {
            for (let item = 0; item < 4; item++) {
              yield* queue.put([producer, item]);
              yield* steps(run, 1);
            }
          })(),
        ),
      );
      queue.close();
      yield* consumer;
    });
    expect(seen).to.deep.equal([3, 3]);
  },

  *'a channel hands over between selects'(run) {
    const channels = [new Channel<number>(), new Channel<number>()] as const;
    const given: number[] = [];
    const got: number[] = [];
    function* meeting(index: number) {
      for (let n = 0; n < 2; n++) {
        const item = 10 * index + n;
        const [mine, other] = index % 2 === 0 ? channels : [channels[1], channels[0]];
        const first = yield* select({ put: mine.put(item), get: other.get(), time: sleep(1 + run.choose(2)) });
        if (first.key === 'put') given.push(item);
        if (first.key === 'get') got.push(first.value);
        yield* steps(run, 1);
      }
    }
    yield* withInjected(run, 4, meeting);
    // A put that was settled when its task was cancelled has given its item all the same, but the task never says so.
    expect(got).to.include.members(given);
    expect(new Set(got).size).to.equal(got.length);
  },

  *'a bounded buffer of conditions loses no notification'(run) {
    const lock = new Lock();
    const [filled, emptied] = [new Condition(lock), new Condition(lock)];
    const items: number[] = [];
    let made = 0;
    let taken = 0;
    function* producer() {
      for (let n = 0; n < 2; n++) {
        yield* lock.with(function* () {
          while (items.length >= 1) yield* emptied.wait();
          items.push(made++);
          filled.notify();
        });
      }
    }
    function* consumer() {
      for (;;) {
        yield* lock.with(function* () {
          while (items.length === 0) yield* filled.wait();
          items.shift();
          taken++;
          emptied.notify();
          yield* steps(run, 1);
        });
      }
    }
    yield* scope(function* () {
      const victims = [yield* spawn(consumer, { daemon: true }), yield* spawn(consumer, { daemon: true })];
      yield* spawn(consumer, { daemon: true, name: 'survivor' });
      mayCancelOne(run, victims);
      yield* spawn(producer);
      yield* spawn(producer);
      for (let n = 0; n < 50 && taken < 4; n++) yield* sleep(1);
    });
    expect([made, taken, items.length, lock.isHeld]).to.deep.equal([4, 4, 0, false]);
  },

  *'a notification goes to another waiter if the first is cancelled'(run) {
    const lock = new Lock();
    const condition = new Condition(lock);
    let woken = 0;
    function* waiting() {
      yield* lock.with(function* () {
        yield* condition.wait();
        woken++;
        yield* steps(run, 1);
      });
    }
    yield* scope(function* () {
      const tasks: Task[] = [];
      for (let n = 0; n < 3; n++) tasks.push(yield* spawn(waiting, { daemon: true }));
      yield* sleep(2);
      mayCancelOne(run, tasks);
      // Those that wait for the lock have been notified, and have not gone on.
      yield* lock.with(function* () {
        condition.notify();
        yield* steps(run, 1);
        condition.notify();
        yield* steps(run, 2);
      });
      yield* sleep(2);
    });
    expect(woken).to.equal(2);
    expect(lock.isHeld).to.equal(false);
  },

  *'a barrier opens for as many as it has parties'(run) {
    const parties = 2 + run.choose(2);
    const barrier = new Barrier(parties);
    const places: number[] = [];
    yield* scope(function* () {
      const tasks: Task[] = [];
      for (let n = 0; n < 4; n++) {
        tasks.push(
          yield* spawn(
            function* () {
              for (let round = 0; round < 2; round++) {
                yield* steps(run, 2);
                places.push(yield* barrier.wait());
              }
            },
            { daemon: true },
          ),
        );
      }
      mayCancelOne(run, tasks);
      yield* sleep(1);
    });
    // A task that was cancelled after the barrier had opened has got its place all the same.
    const counts = Array.from({ length: parties }, (_, place) => places.filter(each => each === place).length);
    expect(counts).to.deep.equal(counts.map(() => places.length / parties));
    expect(counts[0]).to.be.at.least(2);
    expect(barrier.arrived).to.equal(0);
  },

  *'a broadcast gives each subscriber each item, or says how many it missed'(run) {
    const capacity = 1 + run.choose(3);
    const broadcast = new Broadcast<number>({ capacity });
    const items = 5;
    function* reader() {
      yield* steps(run, 3);
      const mine = broadcast.subscribe();
      let next = -1;
      try {
        for (let got = yield* mine.next(); !got.done; got = yield* mine.next()) {
          if (next >= 0) expect(got.value).to.equal(next + got.missed);
          next = got.value + 1;
          yield* run.choose(2) === 0 ? sleep(run.choose(2)) : steps(run, 2);
        }
        if (next >= 0) expect(next).to.equal(items);
      } finally {
        mine.unsubscribe();
      }
    }
    yield* scope(function* () {
      const readers = [yield* spawn(reader), yield* spawn(reader), yield* spawn(reader)];
      mayCancelOne(run, readers);
      for (let n = 0; n < items; n++) {
        broadcast.publish(n);
        yield* steps(run, 2);
        if (run.choose(2) === 0) yield* sleep(1);
      }
      broadcast.close();
    });
    expect(broadcast.subscribers).to.equal(0);
  },

  *'one subscriber of several tasks gives each item to one'(run) {
    const broadcast = new Broadcast<number>();
    const mine = broadcast.subscribe();
    const got: number[] = [];
    function* taking() {
      for (let n = 0; n < 3; n++) {
        const time = run.choose(2) === 0 ? Infinity : run.choose(3);
        const first = yield* select({ next: mine.next(), time: sleep(time) });
        if (first.key === 'next' && !first.value.done) got.push(first.value.value);
      }
    }
    yield* scope(function* () {
      mayCancelOne(run, [yield* spawn(taking), yield* spawn(taking)]);
      for (let n = 0; n < 4; n++) {
        broadcast.publish(n);
        yield* steps(run, 2);
      }
      broadcast.close();
    });
    mine.unsubscribe();
    // Not in order: of two that got an item, either may go on first.
    expect(new Set(got).size).to.equal(got.length);
    expect(broadcast.subscribers).to.equal(0);
  },

  *'a deferred and a signal wake all who wait, once'(run) {
    const deferred = new Deferred<number>();
    const signal = new Signal();
    const values: number[] = [];
    const tasks = yield* withInjected(run, 4, function* (index) {
      yield* steps(run, 2);
      if (index === 0) {
        expect(deferred.resolve(7)).to.equal(true);
        expect(deferred.resolve(8)).to.equal(false);
        signal.set();
        return;
      }
      const first = yield* select({ value: deferred.wait(), signal: signal.wait(), time: sleep(1) });
      if (first.key === 'time') expect(deferred.result.state).to.equal('pending');
      else values.push(yield* deferred.wait());
    });
    expect(values.every(value => value === 7)).to.equal(true);
    expect([...tasks].every(task => task.isEnded)).to.equal(true);
  },
};
