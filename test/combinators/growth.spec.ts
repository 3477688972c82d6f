import * as sync from '@escapement/sync';
import * as e from 'escapement';
import { describeGrowth, type Structures } from '../support/growth.js';
import { JumpStrategy } from '../support/virtual-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: programs of any events
type Anything = any;
type Program = e.Coroutine<Anything, Anything>;

function newLoop(): Anything {
  const strategy = new JumpStrategy();
  const handlers = [new e.SleepHandler(strategy.clock), new sync.SyncHandler()];
  return new e.EventLoop({ strategy, handlers, instruments: [{ warned() {} }] } as Anything);
}

// These outlive all rounds: what a wait left behind in one would add up.
const queue = new sync.Queue<number>();
const signal = new sync.Signal();
const deferred = new sync.Deferred<number>();

const STRUCTURES: Structures = {
  'selects that time decides': function* (n) {
    for (let place = 0; place < n; place++) {
      yield* e.select({ item: queue.get(), stop: signal.wait(), value: deferred.wait(), tick: e.sleep(1) });
    }
  },
  'selects with a branch that is ready': function* (n) {
    for (let place = 0; place < n; place++) {
      yield* queue.put(place);
      yield* e.select({ stop: signal.wait(), item: queue.get(), tick: e.sleep(1) });
    }
  },
  'selects that join one task': function* (n) {
    const long: e.Task = yield* e.spawn(e.sleep(1_000_000), { daemon: true });
    for (let place = 0; place < n; place++) yield* e.select([long.join(), e.sleep(0)]);
  },
  'selects that are cancelled': function* (n) {
    const tasks: e.Task[] = [];
    for (let place = 0; place < n; place++) tasks.push(yield* e.spawn(e.select([queue.get(), signal.wait()])));
    yield* e.pause();
    for (const task of tasks) task.cancel();
    yield* e.pause();
  },
  'tasks of a group': function* (n) {
    yield* e.group(function* (tasks: e.TaskGroup): Program {
      for (let place = 0; place < n; place++) tasks.spawn(e.pause());
    });
  },
  'tasks of a group that each spawn the next': function* (n) {
    yield* e.group(function* (tasks: e.TaskGroup): Program {
      const successor = (left: number): Anything =>
        function* (): Program {
          yield* e.pause();
          if (left > 0) tasks.spawn(successor(left - 1));
        };
      tasks.spawn(successor(n));
    });
  },
  'groups that are cancelled': function* (n) {
    for (let place = 0; place < n / 4; place++) {
      yield* e.group(function* (tasks: e.TaskGroup<Anything>): Program {
        tasks.spawn(signal.wait());
        yield* e.pause();
        tasks.cancel();
      });
    }
  },
  'programs that are started': function* (n) {
    yield* e.group(function* (tasks: e.TaskGroup): Program {
      for (let place = 0; place < n / 4; place++) {
        yield* tasks.start(function* (): e.Coroutine<void, e.Started<number> | e.Pause> {
          yield* e.started(place);
          yield* e.pause();
        });
      }
    });
  },
  'limits that pass': function* (n) {
    for (let place = 0; place < n / 2; place++) yield* e.moveOnAfter(1, e.sleep(2));
  },
  'limits that are moved': function* (n) {
    yield* e.moveOnAfter(5, function* (limit: e.Limit): Program {
      for (let place = 0; place < n; place++) {
        limit.deadline = (yield* e.now()) + 5;
        if (place % 8 === 0) yield* e.sleep(1);
      }
    });
  },
};

describe('the growth of combinators', function () {
  this.timeout(180_000);
  describeGrowth(STRUCTURES, () => {
    const loop = newLoop();
    return (program: () => Program) => loop.runSync(program);
  });
});
