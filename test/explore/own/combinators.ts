import type { Exploration } from '@escapement/explore';
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
import { mayCancelOne, type Played, type Programs, steps } from './exploring.js';

class Boom extends Error {}

/** How many bodies run, each of which says when it begins and when it ends. */
class Running {
  now = 0;
  most = 0;
  begun = 0;

  constructor(private readonly run: Exploration) {}

  /** A body of some steps and some time, which may fail, and whose clean-up waits. */
  *work<T>(value: T, canFail: boolean): Coroutine<T, Played> {
    this.begun++;
    this.most = Math.max(this.most, ++this.now);
    try {
      yield* steps(this.run, 2);
      if (this.run.choose(2) === 0) yield* sleep(this.run.choose(3));
      if (canFail && this.run.choose(4) === 0) throw new Boom(String(value));
      return value;
    } finally {
      this.now--;
    }
  }
}

/** Runs `body` in a task that may be cancelled at any moment. @returns how it ended */
function* injected<T>(run: Exploration, body: Coroutine<T, Played>): Coroutine<Task<T>, Played> {
  let victim!: Task<T>;
  yield* all([
    function* () {
      const [settled] = yield* allSettled([
        function* () {
          victim = yield* spawn(body, { name: 'victim' });
          run.mayCancel(victim);
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
  else expect(result.state).to.equal('cancelled');
}

export const combinatorPrograms: Programs = {
  *'all is complete, or throws; nothing of it goes on'(run) {
    const running = new Running(run);
    const task = yield* injected(run, all([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, values => expect(values).to.deep.equal([1, 2, 3]));
    expect(running.now).to.equal(0);
  },

  *'allSettled has an outcome of each, or throws'(run) {
    const running = new Running(run);
    const task = yield* injected(run, allSettled([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, results => {
      expect(results).to.have.lengthOf(3);
      for (const [index, result] of results.entries()) {
        if (result.state === 'succeeded') expect(result.value).to.equal(index + 1);
        else expect(result.error).to.be.instanceOf(Boom);
      }
    });
    expect(running.now).to.equal(0);
  },

  *'race has one winner, and the losers have ended'(run) {
    const running = new Running(run);
    const ended: number[] = [];
    function* contestant(n: number) {
      const value = yield* running.work(n, false);
      ended.push(value);
      return value;
    }
    const task = yield* injected(run, race([contestant(1), contestant(2), contestant(3)]));
    checkEnd(task, value => expect(value).to.equal(ended[0]));
    expect(running.now).to.equal(0);
  },

  *'any has the first that succeeds, or all errors'(run) {
    const running = new Running(run);
    const task = yield* injected(run, any([1, 2, 3].map(n => running.work(n, true))));
    checkEnd(task, value => expect(value).to.be.oneOf([1, 2, 3]));
    if (task.result.state === 'failed') expect((task.result.error as AggregateError).errors).to.have.lengthOf(3);
    expect(running.now).to.equal(0);
  },

  *'map is complete, runs no more than it may, and closes its items'(run) {
    const running = new Running(run);
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
    const concurrency = 1 + run.choose(3);
    const task = yield* injected(
      run,
      map(items(), n => running.work(n * 2, run.choose(3) === 0), { concurrency }),
    );
    checkEnd(task, values => expect(values).to.deep.equal([0, 2, 4, 6, 8]));
    expect(running.most).to.be.at.most(concurrency);
    expect(running.now).to.equal(0);
    expect(running.begun).to.be.at.most(taken);
    if (taken > 0) expect(closed).to.equal(1);
  },

  *'select of joins, items and time loses no item'(run) {
    const queues = [new Queue<number>(), new Queue<number>({ capacity: 1 })] as const;
    const got: number[] = [];
    let put = 0;
    const tasks: Task[] = [];
    yield* scope(function* () {
      function* taker() {
        const other = yield* spawn(steps(run, 3), { name: 'other' });
        for (let n = 0; n < 3; n++) {
          const first = yield* select({
            a: queues[0].get(),
            b: queues[1].get(),
            time: sleep(run.choose(3)),
            other: n === 0 ? other.join() : sleep(2),
          });
          if (first.key === 'a' || first.key === 'b') got.push(first.value);
        }
      }
      for (let n = 0; n < 2; n++) tasks.push(yield* spawn(taker));
      mayCancelOne(run, tasks);
      for (let n = 0; n < 4; n++) {
        if (queues[run.choose(2)]!.tryPut(put)) put++;
        yield* steps(run, 2);
      }
    });
    for (const queue of queues) for (let item = queue.tryGet(); item; item = queue.tryGet()) got.push(item.value);
    expect(got.toSorted()).to.deep.equal(Array.from({ length: put }, (_, n) => n));
  },

  *'a group ends all its tasks, and gives each that ended once'(run) {
    const running = new Running(run);
    const spawned: Task[] = [];
    const completed: Task[] = [];
    let cancelled = false;
    const task = yield* injected(
      run,
      group(function* (tasks: TaskGroup<Played>) {
        const done = tasks.completed();
        yield* spawn(
          done.forEach(function* (each) {
            completed.push(each);
          }),
          { daemon: true, name: 'collector' },
        );
        for (let n = 0; n < 3; n++) {
          spawned.push(tasks.spawn(running.work(n, run.choose(6) === 0)));
          yield* steps(run, 1);
        }
        if (run.choose(4) === 0) {
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

  *'a handshake evaluates to what the program says, or throws; a port is closed'(run) {
    let open = 0;
    let isCallerCancelled = false;
    function* server(): Coroutine<void, Played | Started<number>> {
      yield* steps(run, 2);
      if (run.choose(4) === 0) throw new Boom('before');
      open++;
      try {
        if (run.choose(4) > 0) yield* started(80);
        yield* sleep(run.choose(3));
        if (run.choose(6) === 0) throw new Boom('after');
      } finally {
        open--;
      }
    }
    const task = yield* injected(
      run,
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
        yield* steps(run, 2);
        if (run.choose(2) === 0) tasks.cancel();
      }),
    );
    checkEnd(task, () => {});
    expect(open).to.equal(0);
  },

  *'a program that is started ends with a caller that is cancelled before it is ready'(run) {
    let open = 0;
    let isReady = false;
    function* server(): Coroutine<void, Played | Started> {
      open++;
      try {
        yield* steps(run, 3);
        yield* started();
        isReady = true;
        yield* sleep(Infinity);
      } finally {
        open--;
      }
    }
    yield* group(function* (tasks: TaskGroup<Played>) {
      const caller = yield* spawn(tasks.start(server), { name: 'caller' });
      yield* steps(run, 4);
      const wasReady = isReady;
      caller.cancel();
      yield* sleep(1);
      expect(caller.isEnded).to.equal(true);
      expect(open).to.equal(wasReady ? 1 : 0);
      tasks.cancel();
    });
    expect(open).to.equal(0);
  },

  *'a lock within all, race and timeout is free at the end'(run) {
    const lock = new Lock();
    let inside = 0;
    function* locked() {
      yield* lock.with(function* () {
        expect(++inside).to.equal(1);
        try {
          yield* steps(run, 2);
          yield* sleep(run.choose(2));
        } finally {
          inside--;
        }
      });
    }
    const task = yield* injected(
      run,
      all([
        function* () {
          yield* race([locked(), sleep(run.choose(3))]);
        },
        function* () {
          try {
            yield* timeout(run.choose(4), locked);
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

  *'clean-ups of combinators run once each, in whatever is cancelled'(run) {
    const begun: string[] = [];
    const cleaned: string[] = [];
    function* careful(name: string): Coroutine<string, Played> {
      begun.push(name);
      yield* ensure(function* () {
        yield* steps(run, 1);
        cleaned.push(name);
      });
      yield* steps(run, 2);
      yield* sleep(run.choose(2));
      return name;
    }
    const task = yield* injected(
      run,
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
