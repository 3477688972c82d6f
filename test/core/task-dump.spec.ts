import { expect } from 'chai';
import { type Coroutine, currentTask, type Join, pause, sleep, spawn, type Task } from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function thrownBy(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

const debugLoop = () => virtualLoop({ handlers: [new SignalHandler()], debug: true });

describe('dump() and DeadlockError', () => {
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

  it('a circle does not include the tasks that wait for one of its members', () => {
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
});
