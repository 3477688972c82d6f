import { Lock, Queue } from '@escapement/sync';
import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  Cancelled,
  type Coroutine,
  ensure,
  group,
  map,
  race,
  type Started,
  scope,
  select,
  sleep,
  spawn,
  started,
  type Task,
  type TaskGroup,
  TimeoutError,
  timeout,
} from 'escapement';
import { below, cancelling, type Played, type Program, steps } from './playing.js';

class Boom extends Error {}

/** How many bodies run, each of which says when it begins and when it ends. */
class Running {
  now = 0;
  most = 0;
  begun = 0;

  /** A body of some steps and some time, which may fail, and whose clean-up waits. */
  *work<T>(value: T, canFail: boolean): Coroutine<T, Played> {
    this.begun++;
    this.most = Math.max(this.most, ++this.now);
    try {
      yield* steps(2);
      if (below(2) === 0) yield* sleep(below(3));
      if (canFail && below(4) === 0) throw new Boom(String(value));
      return value;
    } finally {
      this.now--;
    }
  }
}

/** Runs `body` in a task that may be cancelled at any moment. @returns how it ended */
function* injected<T>(body: Coroutine<T, Played>): Coroutine<Task<T>, Played> {
  let victim!: Task<T>;
  yield* all([
    function* () {
      const [settled] = yield* allSettled([
        function* () {
          victim = yield* spawn(body, { name: 'victim' });
          yield* cancelling([victim], 10);
          return yield* victim;
        },
      ]);
      return settled;
    },
  ]);
  return victim;
}

function isBoom(error: unknown): boolean {
  return error instanceof AggregateError ? error.errors.every(isBoom) : error instanceof Boom;
}

/** A task that was cancelled from outside, has failed as its work does, or has the value that it should have. */
function checkEnd<T>(task: Task<T>, check: (value: T) => void): void {
  const { result } = task;
  if (result.state === 'succeeded') check(result.value);
  else if (result.state === 'failed') expect(isBoom(result.error), String(result.error)).to.equal(true);
  else expect(result).to.deep.equal({ state: 'cancelled', reason: 'injected' });
}

export const combinatorPrograms: Readonly<Record<string, Program>> = {
  *'all is complete, or throws; nothing of it goes on'() {
    const running = new Running();
    const task = yield* injected(all([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, values => expect(values).to.deep.equal([1, 2, 3]));
    expect(running.now).to.equal(0);
  },

  *'allSettled has an outcome of each, or throws'() {
    const running = new Running();
    const task = yield* injected(allSettled([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, results => {
      expect(results).to.have.lengthOf(3);
      for (const [index, result] of results.entries()) {
        if (result.state === 'succeeded') expect(result.value).to.equal(index + 1);
        else expect(result.error).to.be.instanceOf(Boom);
      }
    });
    expect(running.now).to.equal(0);
  },

  *'race has one winner, and the losers have ended'() {
    const running = new Running();
    const ended: number[] = [];
    function* contestant(n: number) {
      const value = yield* running.work(n, false);
      ended.push(value);
      return value;
    }
    const task = yield* injected(race([contestant(1), contestant(2), contestant(3)]));
    checkEnd(task, value => expect(value).to.equal(ended[0]));
    expect(running.now).to.equal(0);
  },

  *'any has the first that succeeds, or all errors'() {
    const running = new Running();
    const task = yield* injected(any([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, value => expect(value).to.be.oneOf([1, 2, 3]));
    if (task.result.state === 'failed') expect((task.result.error as AggregateError).errors).to.have.lengthOf(3);
    expect(running.now).to.equal(0);
  },

  *'map is complete, runs no more than it may, and closes its items'() {
    const running = new Running();
    let taken = 0;
    let closed = 0;
    function* items() {
      try {
        for (let n = 0; n < 5; n++) {
          taken++;
          yield n;
        }
      } finally {
        closed++;
      }
    }
    const concurrency = 1 + below(3);
    const task = yield* injected(map(items(), n => running.work(n * 2, below(3) === 0), { concurrency }));
    checkEnd(task, values => expect(values).to.deep.equal([0, 2, 4, 6, 8]));
    expect(running.most).to.be.at.most(concurrency);
    expect(running.now).to.equal(0);
    expect(running.begun).to.be.at.most(taken);
    if (taken > 0) expect(closed).to.equal(1);
  },

  *'select of joins, items and time loses no item'() {
    const queues = [new Queue<number>(), new Queue<number>({ capacity: 1 })] as const;
    const got: number[] = [];
    let put = 0;
    const tasks: Task[] = [];
    yield* scope(function* () {
      function* taker() {
        const other = yield* spawn(steps(3), { name: 'other' });
        for (let n = 0; n < 3; n++) {
          const first = yield* select({
            a: queues[0].get(),
            b: queues[1].get(),
            time: sleep(below(3)),
            other: n === 0 ? other.join() : sleep(2),
          });
          if (first.key === 'a' || first.key === 'b') got.push(first.value);
        }
      }
      for (let n = 0; n < 2; n++) tasks.push(yield* spawn(taker));
      yield* spawn(cancelling(tasks));
      for (let n = 0; n < 4; n++) {
        if (queues[below(2)]!.tryPut(put)) put++;
        yield* steps(2);
      }
    });
    for (const queue of queues) for (let item = queue.tryGet(); item; item = queue.tryGet()) got.push(item.value);
    expect(got.toSorted()).to.deep.equal(Array.from({ length: put }, (_, n) => n));
  },

  *'a group ends all its tasks, and gives each that ended once'() {
    const running = new Running();
    const spawned: Task[] = [];
    const completed: Task[] = [];
    let cancelled = false;
    const task = yield* injected(
      group(function* (tasks: TaskGroup<Played>) {
        const done = tasks.completed();
        yield* spawn(
          done.forEach(function* (each) {
            completed.push(each);
          }),
          { daemon: true, name: 'collector' },
        );
        for (let n = 0; n < 3; n++) {
          spawned.push(tasks.spawn(running.work(n, below(6) === 0)));
          yield* steps(1);
        }
        if (below(4) === 0) {
          cancelled = true;
          tasks.cancel();
        }
        return 'body';
      }),
    );
    const { result } = task;
    if (result.state === 'succeeded') expect(result.value).to.be.oneOf(cancelled ? ['body', undefined] : ['body']);
    else checkEnd(task, () => {});
    expect(running.now).to.equal(0);
    expect(spawned.every(each => each.isEnded)).to.equal(true);
    expect(new Set(completed).size).to.equal(completed.length);
  },

  *'a handshake evaluates to what the program says, or throws; a port is closed'() {
    let open = 0;
    let isCallerCancelled = false;
    function* server(): Coroutine<void, Played | Started<number>> {
      yield* steps(2);
      if (below(4) === 0) throw new Boom('before');
      open++;
      try {
        if (below(4) > 0) yield* started(80);
        yield* sleep(below(3));
        if (below(6) === 0) throw new Boom('after');
      } finally {
        open--;
      }
    }
    const task = yield* injected(
      group(function* (tasks: TaskGroup<Played>) {
        try {
          const port = yield* tasks.start(server);
          expect(port).to.equal(80);
        } catch (error) {
          isCallerCancelled = error instanceof Cancelled;
          const isKnown = isCallerCancelled || error instanceof Boom || (error as Error).name === 'NotStartedError';
          expect(isKnown, String(error)).to.equal(true);
          if (isCallerCancelled) throw error;
        }
        yield* steps(2);
        if (below(2) === 0) tasks.cancel();
      }),
    );
    checkEnd(task, () => {});
    expect(open).to.equal(0);
  },

  *'a lock within all, race and timeout is free at the end'() {
    const lock = new Lock();
    let inside = 0;
    function* locked() {
      yield* lock.with(function* () {
        expect(++inside).to.equal(1);
        try {
          yield* steps(2);
          yield* sleep(below(2));
        } finally {
          inside--;
        }
      });
    }
    const task = yield* injected(
      all([
        function* () {
          yield* race([locked(), sleep(below(3))]);
        },
        function* () {
          try {
            yield* timeout(below(4), locked);
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error;
          }
        },
        locked(),
      ]),
    );
    checkEnd(task, () => {});
    expect(lock.isHeld).to.equal(false);
  },

  *'clean-ups of combinators run once each, in whatever is cancelled'() {
    const begun: string[] = [];
    const cleaned: string[] = [];
    function* careful(name: string): Coroutine<string, Played> {
      begun.push(name);
      yield* ensure(function* () {
        yield* steps(1);
        cleaned.push(name);
      });
      yield* steps(2);
      yield* sleep(below(2));
      return name;
    }
    const task = yield* injected(
      race([
        map(['a', 'b', 'c'], careful, { concurrency: 2 }),
        all({ d: careful('d'), e: careful('e') }),
        group(function* (tasks: TaskGroup<Played>) {
          tasks.spawn(careful('f'));
          yield* careful('g');
          tasks.cancel();
        }),
      ]),
    );
    checkEnd(task, () => {});
    expect(cleaned.toSorted()).to.deep.equal(begun.toSorted());
  },
};
