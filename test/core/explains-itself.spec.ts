import { expect } from 'chai';
import {
  type Coroutine,
  call,
  currentTask,
  EventLoop,
  type Join,
  type LoopWarning,
  pause,
  type SleepFor,
  SleepHandler,
  sleep,
  spawn,
  type Task,
  warn,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

function debugLoop() {
  const strategy = new JumpStrategy();
  const warnings: LoopWarning[] = [];
  const instruments = [{ warned: (warning: LoopWarning) => warnings.push(warning) }];
  const handlers = [new SleepHandler(strategy.clock), new SignalHandler()];
  const loop = new EventLoop({ strategy, handlers, instruments, debug: true });
  return { loop, clock: strategy.clock, warnings };
}

describe('a loop explains itself', () => {
  it('dump() shows the tree of tasks, their states and what each waits for', () => {
    const { loop } = virtualLoop();
    expect(loop.dump()).to.equal('the loop is not running');
    let dump = '';
    loop.runSync(function* main() {
      yield* spawn(
        (function* () {
          yield* spawn(sleep(5), { name: 'grandchild' });
        })(),
        { name: 'child' },
      );
      yield* pause();
      yield* pause();
      yield* spawn(sleep(7), { name: 'young' });
      dump = loop.dump();
    });
    expect(dump.split('\n')).to.deep.equal([
      'task "main" is running',
      '  task "child" is finished and waits for its children',
      '    task "grandchild" waits for SleepFor(duration=5)',
      '  task "young" is spawned',
    ]);
  });

  it('with debug it says since when each task waits', () => {
    const { loop, clock } = debugLoop();
    let dump = '';
    clock.time = 20;
    loop.runSync(function* main() {
      yield* spawn(sleep(50), { name: 'napper' });
      yield* sleep(30);
      dump = loop.dump();
    });
    expect(dump).to.include('task "napper" waits for SleepFor(duration=50) since 20.0 ms');
  });

  it('a deadlock names the circle of tasks that wait for each other', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* () {
        const tasks: Task[] = [];
        function* waitsFor(index: number): Coroutine<void, Join> {
          yield* tasks[index]!.join();
        }
        tasks.push(yield* spawn(waitsFor(1), { name: 'a' }));
        tasks.push(yield* spawn(waitsFor(2), { name: 'b' }));
        tasks.push(yield* spawn(waitsFor(0), { name: 'c' }));
      }),
    );
    expect(error).to.have.property('code', 'ESC_DEADLOCK');
    expect(error.message).to.include('in a circle: "a" waits for "b" waits for "c" waits for "a"');
  });

  it('a task that joins its parent is a circle of two', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        const main = yield* currentTask();
        const child = yield* spawn(
          (function* (): Coroutine<void, Join> {
            yield* main.join();
          })(),
          { name: 'child' },
        );
        yield* child.join();
      }),
    );
    expect(error.message).to.include('in a circle: "main" waits for "child" waits for "main"');
  });

  it('a circle is shown without those who wait for it from outside', () => {
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* () {
        const tasks: Task[] = [];
        function* waitsFor(index: number): Coroutine<void, Join> {
          yield* tasks[index]!.join();
        }
        for (const [index, name] of ['a', 'b', 'c'].entries()) {
          tasks.push(yield* spawn(waitsFor(index === 2 ? 1 : index + 1), { name }));
        }
      }),
    );
    expect(error.message).to.include('in a circle: "b" waits for "c" waits for "b"');
    expect(error.message).not.to.include('"a" waits for "b"');
  });

  it('a task that is finished waits for its only child; of several, others may still come', () => {
    for (const children of [1, 2]) {
      const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
      const error = thrownBy(() =>
        loop.runSync(function* main() {
          yield* spawn((yield* currentTask()).join(), { name: 'child' });
          if (children === 2) yield* spawn(new Signal());
        }),
      );
      const circle = 'in a circle: "main" waits for "child" waits for "main"';
      expect(error.message.includes(circle)).to.equal(children === 1);
    }
  });

  it('a circle goes through events of a plugin whose handler names the tasks that it waits for', () => {
    const tasks: Task[] = [];
    class KnowingHandler extends SignalHandler {
      override blockers(): Iterable<Task> {
        return tasks.slice(0, 1);
      }
    }
    const { loop } = virtualLoop({ handlers: [new KnowingHandler()] });
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        tasks.push(yield* currentTask());
        yield* (yield* spawn(new Signal(), { name: 'child' })).join();
      }),
    );
    expect(error.message).to.include('in a circle: "main" waits for "child" waits for "main"');
  });

  it('a coroutine warns whoever listens, at once', () => {
    const { loop, warnings } = debugLoop();
    loop.runSync(function* main() {
      yield* warn('POOL_EXHAUSTED', 'all are taken');
      expect(warnings.map(({ code, message, task }) => [code, message, task?.name])).to.deep.equal([
        ['POOL_EXHAUSTED', 'all are taken', 'main'],
      ]);
    });
  });

  it('a coroutine warns on the console where nobody listens', () => {
    const { warn: original } = console;
    const lines: unknown[] = [];
    console.warn = line => lines.push(line);
    try {
      new EventLoop({ strategy: new JumpStrategy() }).runSync(warn('POOL_EXHAUSTED', 'all are taken'));
    } finally {
      console.warn = original;
    }
    expect(lines).to.deep.equal(['POOL_EXHAUSTED: all are taken']);
  });

  it('with debug a slow step is warned of by the name of its task', () => {
    const { loop, clock, warnings } = debugLoop();
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          clock.time += 99;
          yield* pause();
          clock.time += 150;
        })(),
        { name: 'cruncher' },
      );
    });
    expect(warnings.map(({ code }) => code)).to.deep.equal(['ESC_SLOW_STEP']);
    expect(warnings[0]?.message).to.include('task "cruncher" ran for 150.0 ms without a suspension');
  });

  it('the stack of an error shows the coroutines and tasks it came through, and not the loop', () => {
    const { loop } = virtualLoop();
    function* innermost(): Coroutine<void, SleepFor> {
      yield* sleep(1);
      throw new Error('deep down');
    }
    function* middle(): Coroutine<void, SleepFor> {
      yield* innermost();
    }
    function* outer() {
      yield* call(middle);
    }
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        yield* spawn(outer(), { name: 'worker' });
      }),
    );
    const frames = error.stack!.split('\n').filter(line => line.startsWith('    at '));
    expect(frames[0]).to.match(/at innermost .*explains-itself.* \(coroutine\)$/);
    expect(frames[1]).to.match(/at middle .*explains-itself.* \(coroutine\)$/);
    expect(frames[2]).to.equal('    at middle (coroutine)');
    expect(frames[3]).to.equal('    at task "worker" (coroutine)');
    expect(error.stack).not.to.match(/core\/(?:dist|src)\//);
  });

  it('the coroutines stand between the frames above and those of the host below', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 100;
    const { loop } = virtualLoop();
    const error = thrownBy(() =>
      loop.runSync(function* main() {
        yield* sleep(1);
        throw new Error('two lines\n    of a message');
      }),
    );
    Error.stackTraceLimit = stackTraceLimit;
    const lines = error.stack!.split('\n').slice(2);
    expect(lines[0]).to.match(/at main .* \(coroutine\)$/);
    expect(lines[1]).to.equal('    at task "main" (coroutine)');
    expect(lines[2]).to.match(/explains-itself/);
  });

  it('an error that was made elsewhere gets them at the end, and each run adds its own once', () => {
    const error = new Error('made elsewhere');
    const before = error.stack;
    function* main(): Coroutine<void, SleepFor> {
      yield* sleep(1);
      throw error;
    }
    for (let run = 0; run < 2; run++) expect(thrownBy(() => virtualLoop().loop.runSync(main))).to.equal(error);
    expect(error.stack!.startsWith(before!)).to.equal(true);
    const own = error.stack!.split('\n').filter(line => line === '    at task "main" (coroutine)');
    expect(own).to.have.length(2);
    expect(error.stack!.endsWith('\n    at task "main" (coroutine)')).to.equal(true);
  });

  it('an error without a stack is thrown all the same', () => {
    const { loop } = virtualLoop();
    const bare = new Error('bare');
    Object.defineProperty(bare, 'stack', { value: undefined });
    const error = thrownBy(() =>
      loop.runSync(function* () {
        throw bare;
      }),
    );
    expect(error).to.equal(bare);
  });

  it('an error that a coroutine catches is left as it is', () => {
    const { loop } = virtualLoop();
    const original = new Error('caught');
    const stack = original.stack;
    loop.runSync(function* () {
      const task = yield* spawn(
        (function* (): Coroutine<void, SleepFor> {
          yield* sleep(1);
          try {
            throw original;
          } catch {}
        })(),
      );
      yield* task.join();
    });
    expect(original.stack).to.equal(stack);
  });
});

describe('host code', () => {
  it('awaits a task that it spawned in a loop that stood still, and the loop stands still again', async () => {
    const { loop } = virtualLoop();
    const task = loop.spawn(function* () {
      yield* sleep(5);
      return 'value';
    });
    expect(task.state).to.equal('spawned');
    expect(await task).to.equal('value');
    expect(loop.dump()).to.equal('the loop is not running');
    expect(await loop.spawn(sleep(1))).to.equal(undefined);
  });

  it('is told of the failure of a task that it awaits, the very error', async () => {
    const { loop } = virtualLoop();
    const failure = new Error('from the task');
    const caught = await loop
      .spawn(function* () {
        yield* sleep(5);
        throw failure;
      })
      .then(
        () => undefined,
        error => error,
      );
    expect(caught).to.equal(failure);
  });

  it('hears of a failure that nobody awaited as an unhandled rejection', async () => {
    const { loop } = virtualLoop();
    const failure = new Error('nobody awaits this');
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const heard = new Promise(resolve => process.once('unhandledRejection', resolve));
    loop.spawn(function* () {
      yield* pause();
      throw failure;
    });
    expect(await heard).to.equal(failure);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });

  it('adds a child to the program of a loop that runs', async () => {
    const { loop, clock } = virtualLoop();
    let child: Task<string> | undefined;
    loop.runSync(function* () {
      child = loop.spawn(
        (function* () {
          yield* sleep(5);
          return 'from the child';
        })(),
        { name: 'child' },
      );
      expect(child.parent?.name).to.equal('main');
      yield* pause();
    });
    expect(await child).to.equal('from the child');
    expect(clock.time).to.equal(5);
  });

  it('cancels a run by an AbortSignal, before it begins or while it runs', async () => {
    const { loop } = virtualLoop();
    const reason = new Error('the user left');
    const before = await loop.run(sleep(5), { signal: AbortSignal.abort(reason) }).catch(error => error);
    expect(before).to.have.property('code', 'ESC_CANCELLED');
    expect(before).to.have.property('reason', reason);

    const controller = new AbortController();
    const log: string[] = [];
    const during = await loop
      .run(
        function* () {
          yield* spawn(
            (function* () {
              yield* sleep(1);
              controller.abort(reason);
            })(),
          );
          try {
            yield* sleep(1000);
          } finally {
            log.push('cleaned up');
          }
        },
        { signal: controller.signal },
      )
      .catch(error => error);
    expect(during).to.have.property('reason', reason);
    expect(log).to.deep.equal(['cleaned up']);
  });

  it('an AbortSignal is something that may still come: no deadlock under a strategy that yields', async () => {
    const { SetTimeoutStrategy, PerformanceClock } = await import('escapement');
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [new SignalHandler()] });
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 10);
    const error = await loop.run(new Signal(), { signal: controller.signal }).catch(thrown => thrown);
    expect(error).to.have.property('reason', 'enough');
  });

  it('takes its listener back from an AbortSignal when the run is over', async () => {
    const { loop } = virtualLoop();
    const listeners: (() => void)[] = [];
    const signal = {
      aborted: false,
      addEventListener: (_type: 'abort', listener: () => void) => listeners.push(listener),
      removeEventListener: (_type: 'abort', listener: () => void) => listeners.splice(listeners.indexOf(listener), 1),
    };
    await loop.run(
      function* () {
        yield* pause();
        expect(listeners).to.have.length(1);
      },
      { signal },
    );
    expect(listeners).to.deep.equal([]);
  });

  it('spawns a generator function too, in a loop that runs; refuses what is neither, by name', async () => {
    const { loop } = virtualLoop();
    let child: Task<string> | undefined;
    loop.runSync(function* () {
      child = loop.spawn(function* () {
        yield* sleep(5);
        return 'from the child';
      });
      yield* pause();
    });
    expect(await child).to.equal('from the child');
    expect(thrownBy(() => loop.spawn(5 as never)).message).to.include('spawn got 5, expected a coroutine');
  });

  it('that awaits a failure hears of it there, and not as an unhandled rejection too', async () => {
    const { loop } = virtualLoop();
    const unhandled: unknown[] = [];
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', error => unhandled.push(error));
    const failing = loop.spawn(function* () {
      yield* pause();
      throw new Error('awaited');
    });
    const caught = await failing.then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
    await new Promise(resolve => setImmediate(resolve));
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
    expect(caught).to.equal('awaited');
    expect(unhandled).to.deep.equal([]);
  });
});
