import { expect } from 'chai';
import {
  Cancelled,
  type Coroutine,
  type CurrentTask,
  currentTask,
  type Pause,
  pause,
  type SleepFor,
  type Spawn,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function* after<T>(duration: number, value: T): Coroutine<T, SleepFor> {
  yield* sleep(duration);
  return value;
}

function* failAfter(duration: number, error: unknown): Coroutine<never, SleepFor> {
  yield* sleep(duration);
  throw error;
}

// The constructor is the loop's own business.
const { Task: TaskClass } = (await import(
  new URL('../../../packages/core/dist/tasks/task.js', import.meta.url).href
)) as {
  Task: new (host: object, spec: object, parent: undefined, id: number) => Task;
};

describe('Task', () => {
  it('is joined for its value, by any number of tasks, before and after its end', () => {
    const { loop } = virtualLoop();
    const values = loop.runSync(function* () {
      const task = yield* spawn(after(5, 'value'));
      const early = yield* spawn(task.join());
      const first = yield* task.join();
      const late = yield* task.join();
      return [first, yield* early.join(), late];
    });
    expect(values).to.deep.equal(['value', 'value', 'value']);
  });

  it('is done when its body and its children are', () => {
    const { loop, clock } = virtualLoop();
    loop.runSync(function* () {
      const parent = yield* spawn(
        (function* () {
          yield* spawn(sleep(10));
          return 'body';
        })(),
      );
      yield* sleep(1);
      expect(parent.state).to.equal('finishing');
      expect(parent.result).to.deep.equal({ state: 'pending' });
      expect(yield* parent.join()).to.equal('body');
      expect(clock.time).to.equal(10);
      expect(parent.result).to.deep.equal({ state: 'succeeded', value: 'body' });
    });
  });

  it('shows its name, state, children and what it waits for', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* () {
      const named = yield* spawn(sleep(3), { name: 'napper' });
      const nameless = yield* spawn(sleep(3));
      expect(named.name).to.equal('napper');
      expect(nameless.name).to.match(/^task-\d+$/);
      expect(named.state).to.equal('spawned');
      yield* pause();
      expect(named.state).to.equal('waiting');
      expect(String(named.waitsFor)).to.equal('SleepFor(duration=3)');
      expect([...named.parent!.children]).to.deep.equal([named, nameless]);
      yield* named.join();
      expect(named.waitsFor).to.equal(undefined);
    });
  });

  it('has an id, counted from 1 through all runs of its loop, whatever its flags', () => {
    const { loop } = virtualLoop();
    function* ids(): Coroutine<number[], CurrentTask | Spawn | Pause> {
      const main = yield* currentTask();
      const daemon = yield* spawn(pause(), { name: 'daemon', daemon: true });
      const nameless = yield* spawn(pause());
      expect([daemon.name, nameless.name]).to.deep.equal(['daemon', `task-${nameless.id}`]);
      expect([daemon.isDaemon, nameless.isDaemon]).to.deep.equal([true, false]);
      return [main.id, daemon.id, nameless.id];
    }
    expect(loop.runSync(ids)).to.deep.equal([1, 2, 3]);
    expect(loop.runSync(ids)).to.deep.equal([4, 5, 6]);
    expect(virtualLoop().loop.runSync(ids)).to.deep.equal([1, 2, 3]);
  });

  it('keeps an id beyond 32 bits', () => {
    for (const id of [2 ** 27 - 1, 2 ** 27, 2 ** 28, 2 ** 31, 2 ** 32 + 5, 2 ** 48 + 1]) {
      const task = new TaskClass({}, { body: pause(), caller: 'test', flags: 0 }, undefined, id);
      expect([task.id, task.name]).to.deep.equal([id, `task-${id}`]);
    }
  });

  it('that fails cancels its siblings and the body, and fails the parent with the same error', () => {
    const { loop, clock } = virtualLoop();
    const error = new Error('child');
    const log: string[] = [];
    function* watched(name: string) {
      try {
        yield* sleep(1000);
      } catch (caught) {
        log.push(`${name}: ${(caught as Error).constructor.name}`);
        throw caught;
      }
    }
    let thrown: unknown;
    try {
      loop.runSync(function* () {
        yield* spawn(watched('sibling'));
        yield* spawn(failAfter(5, error));
        yield* watched('body');
      });
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).to.equal(error);
    expect(log).to.deep.equal(['body: Cancelled', 'sibling: Cancelled']);
    expect(clock.time).to.equal(5);
  });

  it('fails with all errors when several come together, none lost', () => {
    const { loop } = virtualLoop();
    const errors = [new Error('one'), new Error('two'), new Error('three')];
    try {
      loop.runSync(function* () {
        yield* spawn(failAfter(5, errors[0]));
        yield* spawn(failAfter(5, errors[1]));
        try {
          yield* sleep(100);
        } finally {
          // biome-ignore lint/correctness/noUnsafeFinally: an error during the clean-up is the case in point
          throw errors[2];
        }
      });
      expect.fail('expected an error');
    } catch (thrown) {
      expect(thrown).to.be.instanceOf(AggregateError);
      expect((thrown as AggregateError).errors).to.have.members(errors);
      expect((thrown as AggregateError).message)
        .to.include('one')
        .and.include('two')
        .and.include('three');
    }
  });

  it('whose error the joining body rethrows is one error, not two', () => {
    const { loop } = virtualLoop();
    const error = new Error('once');
    let thrown: unknown;
    try {
      loop.runSync(function* () {
        yield* (yield* spawn(failAfter(1, error))).join();
      });
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).to.equal(error);
  });

  it('that was cancelled runs its clean-up, and its result has the reason', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    const task = loop.runSync(function* () {
      const napper = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            log.push('cleaned up');
          }
        })(),
      );
      yield* pause();
      napper.cancel('enough');
      napper.cancel('twice does nothing');
      return napper;
    });
    expect(log).to.deep.equal(['cleaned up']);
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    expect(clock.time).to.equal(0);
  });

  it('that was cancelled throws TaskCancelledError at its joiners', () => {
    const { loop } = virtualLoop();
    const caught = loop.runSync(function* () {
      const napper = yield* spawn(sleep(1000), { name: 'napper' });
      yield* pause();
      napper.cancel('enough');
      try {
        yield* napper.join();
      } catch (error) {
        return error;
      }
      return undefined;
    });
    expect(caught).to.be.instanceOf(TaskCancelledError);
    expect((caught as TaskCancelledError).code).to.equal('ESC_TASK_CANCELLED');
    expect((caught as TaskCancelledError).message).to.include('joined task "napper", which was cancelled');
  });

  it('never runs when it is cancelled before its first step', () => {
    const { loop } = virtualLoop();
    let ran = false;
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* () {
          ran = true;
          yield* pause();
        })(),
      );
      task.cancel();
    });
    expect(ran).to.equal(false);
  });

  it('gets Cancelled at every suspension once it is cancelled, also after it swallowed one', () => {
    const { loop } = virtualLoop();
    const caught: unknown[] = [];
    loop.runSync(function* () {
      const stubborn = yield* spawn(
        (function* () {
          for (let n = 0; n < 3; n++) {
            try {
              yield* sleep(1000);
            } catch (error) {
              caught.push(error);
            }
          }
        })(),
      );
      yield* pause();
      stubborn.cancel('stop');
    });
    expect(caught).to.have.length(3);
    for (const error of caught) {
      expect(error).to.be.instanceOf(Cancelled);
      expect((error as Cancelled).reason).to.equal('stop');
    }
  });

  it('gets the value of a wait that was over when it was cancelled, and Cancelled at the next one', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal<string>();
    const log: unknown[] = [];
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* () {
          log.push(yield* signal);
          try {
            yield* pause();
          } catch (error) {
            log.push((error as Error).constructor.name);
          }
        })(),
      );
      yield* pause();
      handler.waiting.get(signal)!.resolve('item');
      task.cancel();
    });
    expect(log).to.deep.equal(['item', 'Cancelled']);
    expect(handler.log).to.deep.equal(['arm', 'close']);
  });

  it('disarms its handler exactly once when its wait is cancelled', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal();
    loop.runSync(function* () {
      const task = yield* spawn(signal);
      yield* pause();
      const waiter = handler.waiting.get(signal)!;
      task.cancel();
      task.cancel();
      expect(waiter.isSettled).to.equal(true);
      waiter.resolve(undefined);
    });
    expect(handler.log).to.deep.equal(['arm', 'disarm', 'close']);
  });

  it('cancels its whole tree, parents first', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* chain(depth: number): Coroutine<void, SleepFor | import('escapement').Spawn> {
      if (depth < 3) yield* spawn(chain(depth + 1));
      try {
        yield* sleep(1000);
      } finally {
        log.push(`level ${depth}`);
      }
    }
    loop.runSync(function* () {
      const top = yield* spawn(chain(1));
      yield* sleep(1);
      top.cancel();
    });
    expect(log).to.deep.equal(['level 1', 'level 2', 'level 3']);
  });

  it('may be in a chain a hundred thousand deep, which ends and is cancelled without recursion', () => {
    const { loop } = virtualLoop();
    let ended = 0;
    let deepest: Task | undefined;
    function* link(left: number): Coroutine<void, SleepFor | import('escapement').Spawn> {
      if (left > 0) {
        deepest = yield* spawn(link(left - 1));
        ended++;
        return;
      }
      yield* sleep(1000);
    }
    loop.runSync(link(100_000));
    expect(ended).to.equal(100_000);
    loop.runSync(function* () {
      const top = yield* spawn(link(100_000));
      yield* sleep(1);
      top.cancel();
    });
    expect(deepest?.isEnded).to.equal(true);
  });

  it('that cancels itself is cancelled at its next suspension', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    loop.runSync(function* () {
      let self: Task | undefined;
      self = yield* spawn(
        (function* () {
          self?.cancel();
          log.push('goes on until it suspends');
          yield* pause();
          log.push('never');
        })(),
      );
    });
    expect(log).to.deep.equal(['goes on until it suspends']);
  });

  it('makes run reject with Cancelled when it is the root and cancels itself', () => {
    const { loop } = virtualLoop();
    expect(() =>
      loop.runSync(function* main() {
        const child = yield* spawn(sleep(1));
        child.parent!.cancel('the root gives up');
        yield* pause();
      }),
    ).to.throw(Cancelled, 'task "main" was cancelled: "the root gives up"');
  });
});
