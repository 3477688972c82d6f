import * as sync from '@escapement/sync';
import { expect } from 'chai';
import * as e from 'escapement';
import { describeGrowth, type Structures } from '../support/growth.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy } from '../support/virtual-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Anything = any;
type Program = e.Coroutine<Anything, Anything>;

function newLoop(): Anything {
  const strategy = new JumpStrategy();
  const handlers = [new e.SleepHandler(strategy.clock), new sync.SyncHandler(), new SignalHandler()];
  return new e.EventLoop({ strategy, handlers, instruments: [{ warned() {} }] } as Anything);
}

function thrownBy(action: () => unknown): Anything {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** Lets `n` tasks wait for what `event` returns, and cancels each, the middle first. */
function cancelling(event: (place: number) => Anything): (n: number) => Program {
  return function* (n) {
    const tasks: e.Task[] = [];
    for (let place = 0; place < n; place++) tasks.push(yield* e.spawn(event(place)));
    yield* e.pause();
    for (let place = 0; place < n; place++) tasks[(place + (n >> 1)) % n]!.cancel();
    yield* e.pause();
  };
}

function* never(): Program {
  yield* new Signal();
}

const STRUCTURES: Structures = {
  'joiners that are cancelled': function* (n) {
    const joined: e.Task = yield* e.spawn(never, { daemon: true });
    yield* cancelling(() => joined.join())(n);
  },
  'joiners that get the value': function* (n) {
    const joined: e.Task = yield* e.spawn(e.sleep(1));
    for (let place = 0; place < n; place++) yield* e.spawn(joined.join());
  },
  'watches that are cancelled': function* (n) {
    const target = { resolved() {}, rejected() {} };
    const watches: e.Watch[] = [];
    for (let place = 0; place < n; place++) watches.push(yield* e.watch(e.sleep(place), target));
    for (const watch of watches) watch.cancel();
  },
  'sleepers that are cancelled': cancelling(place => e.sleep((place * 7919) % 1000)),
  'sleepers that wake up': function* (n) {
    for (let place = 0; place < n; place++) yield* e.spawn(e.sleep((place * 7919) % 1000));
  },
  'waiters of a lock that are cancelled': function* (n) {
    const lock = new sync.Lock();
    yield* lock.with(cancelling(() => lock.acquire())(n));
  },
  'waiters of a lock that get it': function* (n) {
    const lock = new sync.Lock();
    for (let place = 0; place < n; place++) yield* e.spawn(lock.with(e.pause()));
  },
  'waiters of a semaphore': cancelling(
    (
      semaphore => () =>
        semaphore.acquire()
    )(new sync.Semaphore(0)),
  ),
  'tasks that wait to get': cancelling(
    (
      queue => () =>
        queue.get()
    )(new sync.Queue<number>()),
  ),
  'tasks that wait to put': cancelling(
    (
      queue => () =>
        queue.put(1)
    )(new sync.Queue<number>({ capacity: 0 })),
  ),
  'items of a queue': function* (n) {
    const queue = new sync.Queue<number>();
    for (let place = 0; place < n; place++) yield* queue.put(place);
    for (let place = 0; place < n; place++) yield* queue.get();
  },
  'waiters of a condition': cancelling(
    (
      condition => () =>
        condition.lock.with(condition.wait())
    )(new sync.Condition(new sync.Lock())),
  ),
  'waiters of a barrier': cancelling(
    (
      barrier => () =>
        barrier.wait()
    )(new sync.Barrier(1_000_000)),
  ),
  'waiters of a signal': cancelling(
    (
      signal => () =>
        signal.wait()
    )(new sync.Signal()),
  ),
  'waiters of a deferred': cancelling(
    (
      deferred => () =>
        deferred
    )(new sync.Deferred()),
  ),
  'subscribers that come and go': cancelling(
    (
      news => () =>
        news.subscribe().forEach(e.pause)
    )(new sync.Broadcast<number>()),
  ),
  'subscribers that end without leaving': function* (n) {
    const news = new sync.Broadcast<number>({ capacity: 8 });
    for (let place = 0; place < n; place++) {
      yield* e.spawn(news.subscribe().next());
      if (place % 64 === 0) yield* e.pause();
      if (place % 64 === 0) news.publish(place);
    }
    yield* e.pause();
    news.publish(0);
  },
  'subscribers that leave while they wait': function* (n) {
    const broadcast = new sync.Broadcast<number>();
    const subscribers = Array.from({ length: n }, () => broadcast.subscribe());
    for (const subscriber of subscribers) yield* e.spawn(subscriber.next());
    yield* e.pause();
    for (const subscriber of subscribers) subscriber.unsubscribe();
  },
  'puts that are given up': function* (n) {
    let lost = 0;
    const queue = new sync.Queue<number>({ capacity: 0, undelivered: () => lost++ });
    yield* cancelling(() => queue.put(1))(n);
    if (lost !== n) throw new Error(`${lost} of ${n} were reported`);
  },
  'children that end': function* (n) {
    for (let place = 0; place < n; place++) yield* e.spawn(e.pause());
  },
  'children that a failure cancels': function* (n) {
    try {
      yield* e.scope(function* (): Program {
        for (let place = 0; place < n; place++) yield* e.spawn(never);
        throw new Error('enough');
      });
    } catch {}
  },
  'children that all fail': function* (n) {
    try {
      yield* e.scope(function* (): Program {
        for (let place = 0; place < n; place++) yield* e.spawn(failing(place % 2 === 0 ? 'x' : new Error(`${place}`)));
      });
    } catch {}
  },
  daemons: function* (n) {
    yield* e.scope(function* (): Program {
      for (let place = 0; place < n; place++) yield* e.spawn(never, { daemon: true });
    });
  },
  'tasks below one another, cancelled': function* (n) {
    const chain: e.Task = yield* e.spawn(below(n));
    yield* e.sleep(1);
    chain.cancel();
  },
  'listeners of a cancellation': function* (n) {
    const removers: (() => void)[] = [];
    for (let place = 0; place < n; place++) removers.push((yield* e.onCancel(() => place)) as () => void);
    for (const remove of removers) remove();
  },
  'clean-ups': function* (n) {
    yield* e.scope(function* (): Program {
      for (let place = 0; place < n; place++) yield* e.ensure(e.pause());
    });
  },
  'clean-ups that fail': function* (n) {
    try {
      yield* e.scope(function* (): Program {
        for (let place = 0; place < n; place++) yield* e.ensure(failing(new Error(`${place}`)));
      });
    } catch {}
  },
  'failures under supervision': function* (n) {
    try {
      yield* e.supervise(function* (): Program {
        for (let place = 0; place < n; place++) yield* e.spawn(failing(place));
      });
    } catch {}
  },
  'deferred actions': function* (n) {
    const task = yield* e.currentTask();
    for (let place = 0; place < n; place++) task.defer(() => {});
    yield* e.pause();
  },
  'contexts one after the other': function* (n) {
    const key = new e.ContextKey<number>('key');
    for (let place = 0; place < n; place++) yield* e.withContext(key, place, () => e.getContext(key));
  },
  'nested calls that fail': function* (n) {
    try {
      yield* e.call(nested, n);
    } catch {}
  },
  'tasks of a group as they complete': function* (n) {
    yield* e.group(function* (tasks: e.TaskGroup<e.SleepFor>): Program {
      for (let place = 0; place < n; place++) tasks.spawn(e.sleep((place * 10) / n));
      yield* tasks.completed().forEach(function* () {});
    });
  },
  'races in turn': function* (n) {
    for (let place = 0; place < n / 4; place++) yield* e.race([never, e.pause()]);
  },
  'items of map': function* (n) {
    yield* e.map(Array.from({ length: n }).keys(), () => e.pause(), { concurrency: 100 });
  },
};

function* failing(error: unknown): Program {
  yield* e.pause();
  throw error;
}

/** Objects instead of errors, whose stacks would take longer than all the rest. */
function* manyFailures(n: number): Program {
  try {
    yield* e.scope(function* (): Program {
      for (let place = 0; place < n; place++) yield* e.ensure(failing({}));
    });
  } catch {}
}

function* below(n: number): Program {
  if (n > 0) yield* (yield* e.spawn(below(n - 1))).join();
  else yield* never();
}

function* nested(n: number): Program {
  if (n > 0) yield* e.call(nested, n - 1);
  else throw new Error('deep down');
}

/** Milliseconds of CPU time, which other work on the machine hardly changes. */
function cpuTimeOf(structure: (n: number) => Program, n: number): number {
  const before = process.cpuUsage();
  newLoop().runSync(structure(n));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('growth', () => {
  describeGrowth(STRUCTURES, () => {
    const loop = newLoop();
    return program => loop.runSync(program);
  });

  it('of 150,000 clean-ups that all fail is not quadratic in time', () => {
    let least = Infinity;
    for (let attempt = 0; attempt < 3 && least > 4000; attempt++) {
      least = Math.min(least, cpuTimeOf(manyFailures, 150_000));
    }
    expect(least, 'milliseconds').to.be.below(4000);
  });

  it('of an error that is thrown again and again: its stack stays as long as it was', () => {
    const error = new Error('always the same');
    const lengths: number[] = [];
    for (let round = 0; round < 50; round++) {
      expect(thrownBy(() => newLoop().runSync(failing(error)))).to.equal(error);
      lengths.push(error.stack!.length);
    }
    expect(lengths.at(-1)).to.equal(lengths[0]);
  });

  it('of an error that many tasks throw in one run: its stack has a bound, and counts the rest', () => {
    const error = new Error('always the same');
    const run = () =>
      newLoop().runSync(function* (): Program {
        for (let round = 0; round < 5000; round++) {
          try {
            yield* e.scope(failing(error));
          } catch {}
        }
        throw error;
      });
    expect(thrownBy(run)).to.equal(error);
    expect(error.stack!.length).to.be.below(20_000);
    expect(error.stack).to.match(/and \d+ more coroutines/);
  });

  it('of the error of 130,000 nested calls: it comes out, with the innermost callers', () => {
    const error = thrownBy(() => newLoop().runSync(nested(130_000)));
    expect(error.message).to.equal('deep down');
    expect(error.stack.length).to.be.below(20_000);
  });

  it('of the message of an AggregateError: it lists ten, counts the rest, and keeps all', () => {
    const error = thrownBy(() =>
      newLoop().runSync(function* (): Program {
        for (let n = 0; n < 20_000; n++) yield* e.ensure(failing(new Error(`${n}`.padEnd(1000, '.'))));
      }),
    );
    expect(error.errors).to.have.length(20_000);
    expect(error.message.length).to.be.below(2000);
    expect(error.message).to.include('and 19990 more');
  });

  it('of nested scopes and clean-ups: their names stay short', () => {
    function* within(depth: number): Program {
      if (depth === 0) return (yield* e.currentTask()).name;
      return yield* e.scope(within(depth - 1));
    }
    expect(newLoop().runSync(within(500))).to.equal('scope of main');
    const names: string[] = [];
    function* cleaning(depth: number): Program {
      names.push((yield* e.currentTask()).name);
      if (depth > 0) yield* e.ensure(cleaning(depth - 1));
    }
    newLoop().runSync(cleaning(100));
    expect(names.at(-1)).to.equal('cleanup of main');
  });

  it('of nested scopes: 50,000 of them, whose names nobody has asked for, have one', () => {
    let name = '';
    function* within(depth: number): Program {
      if (depth > 0) return yield* e.scope(within(depth - 1));
      ({ name } = yield* e.currentTask());
    }
    newLoop().runSync(within(50_000));
    expect(name).to.equal('scope of main');
  });

  it('of a name that is given: it is cut', () => {
    const error = thrownBy(() =>
      newLoop().runSync(function* (): Program {
        yield* e.spawn(new Signal(), { name: 'x'.repeat(1_000_000) });
      }),
    );
    expect(error).to.be.instanceOf(e.DeadlockError);
    expect(error.message.length).to.be.below(2000);
  });

  it('of a dump: 50,000 tasks below one another have lines that are short', () => {
    const loop = newLoop();
    let dump = '';
    loop.runSync(function* (): Program {
      const chain: e.Task = yield* e.spawn(below(50_000));
      yield* e.sleep(1);
      dump = loop.dump();
      chain.cancel();
    });
    const lines = dump.split('\n');
    expect(lines.length).to.be.below(10_010);
    expect(Math.max(...lines.map(line => line.length))).to.be.below(300);
    expect(dump).to.match(/and \d+ more/);
  });

  it('of errors does not merge two: equal primitives of two tasks are two, a rethrown one is one', () => {
    const two = thrownBy(() =>
      newLoop().runSync(function* (): Program {
        yield* e.spawn(failing('same'));
        yield* e.spawn(failing('same'));
      }),
    );
    expect(two.errors).to.deep.equal(['same', 'same']);
    for (const error of ['same', new Error('same')]) {
      const one = thrownBy(() =>
        newLoop().runSync(function* (): Program {
          const task: e.Task = yield* e.spawn(failing(error));
          try {
            yield* task.join();
          } catch {}
          throw error;
        }),
      );
      expect(one).to.equal(error);
    }
  });
});
