import { expect } from 'chai';
import {
  type Coroutine,
  FifoPolicy,
  type Instrument,
  now,
  type Pause,
  pause,
  sleep,
  sleepUntil,
  spawn,
  type Task,
  warn,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function* pauses(times: number): Coroutine<number, Pause> {
  for (let n = 0; n < times; n++) yield* pause();
  return times;
}

describe('EventLoop', () => {
  it('returns what the program returns, from a coroutine, a function that makes one, and a bare event', async () => {
    const { loop, clock } = virtualLoop();
    expect(loop.runSync(pauses(3))).to.equal(3);
    expect(loop.runSync(() => pauses(4))).to.equal(4);
    expect(await loop.run(pauses(5))).to.equal(5);
    expect(loop.runSync(sleep(7))).to.equal(undefined);
    expect(clock.time).to.equal(7);
  });

  it('throws the same error object that the program throws', async () => {
    const { loop } = virtualLoop();
    const error = new Error('mine');
    function* fails(): Coroutine<void, Pause> {
      yield* pause();
      throw error;
    }
    let caught: unknown;
    try {
      loop.runSync(fails);
    } catch (thrown) {
      caught = thrown;
    }
    expect(caught).to.equal(error);
    expect(await loop.run(fails).catch(thrown => thrown)).to.equal(error);
  });

  it('can be run again after a failure', () => {
    const { loop } = virtualLoop();
    expect(() =>
      loop.runSync(function* () {
        yield* spawn(sleep(1000));
        throw new Error('first');
      }),
    ).to.throw('first');
    expect(loop.runSync(pauses(1))).to.equal(1);
  });

  it('answers now() at once: no other task runs in between', () => {
    const { loop, clock } = virtualLoop();
    const log: string[] = [];
    clock.time = 5;
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          log.push('child');
        })(),
      );
      log.push(`now ${yield* now()}`);
      yield* pause();
      log.push('after pause');
    });
    expect(log).to.deep.equal(['now 5', 'child', 'after pause']);
  });

  it('lets the others run on pause(), in the order in which they became ready', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    function* worker(name: string) {
      for (let n = 1; n <= 2; n++) {
        log.push(`${name}${n}`);
        yield* pause();
      }
    }
    loop.runSync(function* () {
      for (const name of ['a', 'b', 'c']) yield* spawn(worker(name));
    });
    expect(log).to.deep.equal(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
  });

  it('does not let a task that pauses in a tight loop starve a sleeper', () => {
    const { loop, clock } = virtualLoop();
    clock.costOfLooking = 0.01;
    let stop = false;
    let steps = 0;
    const late = loop.runSync(function* () {
      yield* spawn(
        (function* () {
          for (; !stop; steps++) yield* pause();
        })(),
      );
      const due = (yield* now()) + 1;
      yield* sleepUntil(due);
      stop = true;
      return (yield* now()) - due;
    });
    // A turn's bound: 256 steps or half a millisecond.
    expect(late).to.be.within(0, 0.6);
    expect(steps).to.be.greaterThan(256);
  });

  it('does not let ten thousand ready tasks starve a sleeper', () => {
    const { loop, clock } = virtualLoop();
    let stepsAfterDue = 0;
    let stop = false;
    const due = 1;
    function* busy() {
      while (!stop) {
        clock.time += 0.001;
        if (clock.time > due) stepsAfterDue++;
        yield* pause();
      }
    }
    loop.runSync(function* () {
      for (let n = 0; n < 10_000; n++) yield* spawn(busy());
      // Spawned last, so that its first step comes after ten thousand others.
      yield* sleepUntil(due);
      stop = true;
    });
    expect(stepsAfterDue).to.be.within(1, 10_000 + 256);
  });

  it('ends a turn early if its steps are slow', () => {
    const { loop, clock } = virtualLoop();
    let steps = 0;
    let stop = false;
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          while (!stop) {
            steps++;
            clock.time += 10;
            yield* pause();
          }
        })(),
      );
      yield* sleep(5);
      stop = true;
    });
    expect(steps).to.be.within(1, 2);
  });

  it('settles a waiter once: settling it again, or after the run, does nothing', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal<string>();
    const log: unknown[] = [];
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          log.push(yield* signal);
          yield* sleep(1);
          log.push('still asleep until its time');
        })(),
      );
      yield* pause();
      const waiter = handler.waiting.get(signal)!;
      expect(waiter.isSettled).to.equal(false);
      waiter.resolve('first');
      expect(waiter.isSettled).to.equal(true);
      waiter.resolve('second');
      waiter.reject(new Error('third'));
      yield* pause();
      waiter.resolve('fourth');
    });
    handler.waiting.get(signal)?.resolve('fifth');
    expect(log).to.deep.equal(['first', 'still asleep until its time']);
  });

  it('does not run a coroutine inside resolve', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal();
    const log: string[] = [];
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          yield* signal;
          log.push('resumed');
        })(),
      );
      yield* pause();
      handler.waiting.get(signal)!.resolve(undefined);
      log.push('resolved');
    });
    expect(log).to.deep.equal(['resolved', 'resumed']);
  });

  it('throws what a handler rejects with, at the suspension', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const signal = new Signal();
    const refusal = new Error('refused');
    const caught = loop.runSync(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* signal;
          } catch (error) {
            return error;
          }
          return undefined;
        })(),
      );
      yield* pause();
      handler.waiting.get(signal)!.reject(refusal);
      return yield* task.join();
    });
    expect(caught).to.equal(refusal);
  });

  it('serves a subclass of an event by the handler of the class', () => {
    class Special extends Signal<string> {}
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    const special = new Special();
    const result = loop.runSync(function* () {
      const task = yield* spawn(special);
      yield* pause();
      handler.waiting.get(special)!.resolve('served');
      return yield* task.join();
    });
    expect(result).to.equal('served');
  });

  it('closes the handlers once, at the end of the run, also of a failed one', () => {
    const handler = new SignalHandler();
    const { loop } = virtualLoop({ handlers: [handler] });
    loop.runSync(pauses(1));
    expect(() =>
      loop.runSync(function* () {
        yield* pause();
        throw new Error('failed');
      }),
    ).to.throw('failed');
    expect(handler.log).to.deep.equal(['close', 'close']);
  });

  it("calls an instrument's hooks, in order", () => {
    const log: string[] = [];
    const instrument: Required<Omit<Instrument, 'note' | 'metrics'>> = {
      runStarted: root => log.push(`run of ${root.name}`),
      runEnded: root => log.push(`run of ${root.name} ended: ${root.result.state}`),
      crashed: fault => log.push(`crashed: ${fault}`),
      taskReady: (task, cause) => log.push(`ready ${task.name}: ${cause}`),
      taskSpawned: task => log.push(`spawned ${task.name}`),
      stepStarted: task => log.push(`step ${task.name}`),
      aroundStep: (task, step) => {
        log.push(`around ${task.name}`);
        step();
      },
      stepEnded: task => log.push(`step of ${task.name} ended: ${task.state}`),
      suspended: (task, event) => log.push(`${task.name} waits for ${event}`),
      sleepStarted: until => log.push(`sleep until ${until}`),
      sleepEnded: () => log.push('awake'),
      taskEnded: task => log.push(`ended ${task.name}: ${task.result.state}`),
      warningIssued: warning => log.push(`issued ${warning.code}`),
      warned: warning => log.push(warning.message),
    };
    const heardToo: string[] = [];
    const { loop } = virtualLoop({ instruments: [instrument, { taskEnded: task => heardToo.push(task.name) }] });
    loop.runSync(function* main() {
      yield* spawn(sleepUntil(5), { name: 'napper' });
      yield* pause();
      yield* warn('MINE', 'a warning');
    });
    expect(log).to.deep.equal([
      'run of main',
      'spawned main',
      'ready main: spawned',
      'step main',
      'around main',
      'spawned napper',
      'ready napper: spawned',
      'step of main ended: ready',
      'ready main: paused',
      'step napper',
      'around napper',
      'napper waits for Sleep(until=5)',
      'step of napper ended: waiting',
      'step main',
      'around main',
      'issued MINE',
      'a warning',
      'step of main ended: finishing',
      'sleep until 5',
      'awake',
      'ready napper: Sleep(until=5)',
      'step napper',
      'around napper',
      'step of napper ended: succeeded',
      'ended napper: succeeded',
      'ended main: succeeded',
      'run of main ended: succeeded',
    ]);
    expect(heardToo).to.deep.equal(['napper', 'main']);
  });

  it('ends a turn soon after its steps become slow', () => {
    const { loop, clock } = virtualLoop();
    let slowSteps = 0;
    let stop = false;
    loop.runSync(function* () {
      yield* spawn(
        (function* () {
          for (let n = 0; !stop; n++) {
            if (n > 1) {
              slowSteps++;
              clock.time += 10;
            }
            yield* pause();
          }
        })(),
      );
      yield* sleep(5);
      stop = true;
    });
    expect(slowSteps).to.be.within(1, 4);
  });

  it('shows a task that has paused as ready', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* () {
      const other = yield* spawn(pauses(3));
      yield* pause();
      yield* pause();
      expect(other.state).to.equal('ready');
    });
  });

  it('gives the policy tasks with their priorities, 0 by default', () => {
    const added: [name: string, priority: number][] = [];
    class Watching extends FifoPolicy {
      override add(task: Task): void {
        added.push([task.name, task.priority]);
        super.add(task);
      }
    }
    const { loop } = virtualLoop({ policy: new Watching() });
    loop.runSync(function* main() {
      yield* spawn(pause(), { name: 'important', priority: 5 });
      yield* spawn(pause(), { name: 'any' });
    });
    expect(added.slice(0, 3)).to.deep.equal([
      ['main', 0],
      ['important', 5],
      ['any', 0],
    ]);
  });

  it('runs and cancels an object that iterates over events like a coroutine', () => {
    const { loop } = virtualLoop();
    const log: string[] = [];
    const withGenerator = {
      *[Symbol.iterator]() {
        try {
          yield* sleep(1000);
        } finally {
          log.push('cleaned up');
        }
      },
    };
    const bare = {
      [Symbol.iterator]: () => bare,
      next: () => ({ done: false as const, value: sleep(1000) }),
    };
    loop.runSync(function* () {
      const tasks = [yield* spawn(withGenerator), yield* spawn(bare)];
      yield* sleep(1);
      for (const task of tasks) task.cancel('enough');
      yield* pause();
      yield* pause();
      const ended = { state: 'cancelled', reason: 'enough' };
      expect(tasks.map(({ result }) => result)).to.deep.equal([ended, ended]);
    });
    expect(log).to.deep.equal(['cleaned up']);
  });
});
