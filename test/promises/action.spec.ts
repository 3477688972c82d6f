import { type Action, ActionHandler, action } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  busyWaitModule,
  type Coroutine,
  createLoop,
  currentTask,
  DeadlockError,
  EventLoop,
  IncompatiblePluginsError,
  type LoopEvent,
  PerformanceClock,
  race,
  SetTimeoutStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  timeout,
  watch,
  type Yieldable,
} from 'escapement';
import { errorOf } from './promise-loop.js';

type Callbacks<T> = { resolve: (value: T) => void; reject: (error: unknown) => void };

/** An operation whose callbacks the test calls. */
function operation<T = string>(undo?: () => void) {
  const calls: Callbacks<T>[] = [];
  const log: string[] = [];
  const event = action<T>(function started(resolve, reject) {
    log.push('start');
    calls.push({ resolve, reject });
    return () => {
      log.push('undo');
      undo?.();
    };
  });
  return { event, calls, log };
}

const loopOf = () => createLoop(setTimeoutModule, sleepModule, promiseModule);

/** Later, on the host's own loop, when the operation was started so often. */
function onceStarted({ calls }: { calls: readonly unknown[] }, times: number, callback: () => void): void {
  setTimeout(() => (calls.length < times ? onceStarted({ calls }, times, callback) : callback()), 1);
}

describe('action', () => {
  it('evaluates to the value that the callback got, and calls the undo once', async () => {
    const { event, calls, log } = operation();
    const value = await loopOf().run(function* () {
      onceStarted({ calls }, 1, () => calls[0]!.resolve('done'));
      return yield* event;
    });
    expect(value).to.equal('done');
    expect(log).to.deep.equal(['start', 'undo']);
  });

  it('throws the error that the callback got, undefined too', async () => {
    for (const error of [new Error('refused'), undefined]) {
      const { event, calls, log } = operation();
      const caught = await loopOf().run(function* () {
        onceStarted({ calls }, 1, () => calls[0]!.reject(error));
        try {
          return yield* event;
        } catch (thrown) {
          return { thrown };
        }
      });
      expect(caught).to.deep.equal({ thrown: error });
      expect(log).to.deep.equal(['start', 'undo']);
    }
  });

  it('starts anew for each wait', async () => {
    const { event, calls, log } = operation();
    const values = await loopOf().run(function* () {
      const tasks = [yield* spawn(event), yield* spawn(event)];
      onceStarted({ calls }, 2, () => {
        for (const [index, { resolve }] of calls.entries()) resolve(`value ${index}`);
      });
      return [yield* tasks[0]!, yield* tasks[1]!];
    });
    expect(values).to.deep.equal(['value 0', 'value 1']);
    expect(log).to.deep.equal(['start', 'start', 'undo', 'undo']);
  });

  it('may be over inside of start: the undo is called after that', async () => {
    const log: string[] = [];
    const value = await loopOf().run(
      action<number>(resolve => {
        resolve(5);
        log.push('started');
        return () => log.push('undo');
      }),
    );
    expect(value).to.equal(5);
    expect(log).to.deep.equal(['started', 'undo']);
  });

  it('counts the first callback only', async () => {
    const { event, calls, log } = operation();
    const value = await loopOf().run(function* () {
      onceStarted({ calls }, 1, () => {
        calls[0]!.resolve('first');
        calls[0]!.resolve('second');
        calls[0]!.reject(new Error('third'));
      });
      return yield* event;
    });
    expect(value).to.equal('first');
    expect(log).to.deep.equal(['start', 'undo']);
  });

  it('that is cancelled calls the undo at once, once, and takes no callback any more', async () => {
    const { event, calls, log } = operation();
    await loopOf().run(function* () {
      const task = yield* spawn(event);
      yield* sleep(1);
      task.cancel('enough');
      expect(log).to.deep.equal(['start', 'undo']);
      calls[0]!.resolve('late');
      calls[0]!.reject(new Error('late'));
      yield* sleep(2);
      expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    });
    expect(log).to.deep.equal(['start', 'undo']);
  });

  it('that loses a race or a time limit is undone', async () => {
    const { event, log } = operation();
    await loopOf().run(function* () {
      yield* race([event, sleep(1)]);
      const error = yield* errorIn(timeout(1, event));
      expect(error).to.have.property('code', 'ESC_TIMEOUT');
    });
    expect(log).to.deep.equal(['start', 'undo', 'start', 'undo']);
  });

  it('throws what start throws, also after a callback, and calls no undo', async () => {
    const error = new Error('cannot start');
    const events = [
      action(() => {
        throw error;
      }),
      action<void>(resolve => {
        resolve();
        throw error;
      }),
    ];
    for (const event of events) expect(await errorOf(() => loopOf().run(event))).to.equal(error);
  });

  it('throws what the undo throws, in place of a value or of Cancelled, and beside an error', async () => {
    const ofUndo = new Error('cannot undo');
    const { event, calls } = operation(() => {
      throw ofUndo;
    });
    await loopOf().run(function* () {
      onceStarted({ calls }, 1, () => calls[0]!.resolve('value'));
      expect(yield* errorIn(event)).to.equal(ofUndo);

      onceStarted({ calls }, 2, () => calls[1]!.reject('refused'));
      const error = yield* errorIn(event);
      expect(error).to.be.instanceOf(AggregateError);
      expect((error as AggregateError).errors).to.deep.equal(['refused', ofUndo]);
    });
    const error = await errorOf(() =>
      loopOf().run(function* () {
        const task = yield* spawn(event);
        yield* sleep(1);
        task.cancel();
        yield* sleep(1);
      }),
    );
    expect(error).to.equal(ofUndo);
  });

  it('is refused by name if start is no function, or its undo is none', async () => {
    expect(() => action(5 as never)).to.throw('action got 5, expected a function that starts the operation');
    const error = await errorOf(() => loopOf().run(action((() => 5) as never)));
    expect(error.message).to.include('action got 5, expected as the undo');
  });

  it('whose start cancels its own task is undone', async () => {
    const log: string[] = [];
    await loopOf().run(function* () {
      const task = yield* spawn(function* () {
        const self = yield* currentTask();
        yield* action(() => {
          self.cancel();
          return () => log.push('undo');
        });
      });
      yield* sleep(1);
      expect(task.result.state).to.equal('cancelled');
    });
    expect(log).to.deep.equal(['undo']);
  });

  it('is undone when its run fails', async () => {
    const { event, log } = operation();
    const loop = loopOf();
    const error = await errorOf(() =>
      loop.run(function* () {
        yield* spawn(event);
        yield* sleep(1);
        throw new Error('broken');
      }),
    );
    expect(error.message).to.equal('broken');
    expect(log).to.deep.equal(['start', 'undo']);
  });

  it('counts as in flight while it waits, and not after', async () => {
    const { event, calls } = operation();
    const handler = new ActionHandler();
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [handler] });
    const counts: number[] = [];
    await loop.run(function* () {
      onceStarted({ calls }, 1, () => {
        counts.push(handler.inFlight());
        calls[0]!.resolve('done');
        counts.push(handler.inFlight());
      });
      yield* event;
    });
    expect(counts).to.deep.equal([1, 0]);
  });

  it('that nobody can complete any more is a deadlock, once it is over', async () => {
    const error = await errorOf(() =>
      loopOf().run(function* () {
        yield* action<void>(resolve => resolve());
        yield* sleep(Infinity);
      }),
    );
    expect(error).to.be.instanceOf(DeadlockError);
  });

  it('informs a watch, and is undone with it', async () => {
    const { event, calls, log } = operation();
    await loopOf().run(function* () {
      const seen: unknown[] = [];
      const target = { resolved: (value: string) => seen.push(value), rejected: (error: unknown) => seen.push(error) };
      yield* watch(event, target);
      calls[0]!.resolve('value');
      (yield* watch(event, target)).cancel();
      expect(seen).to.deep.equal(['value']);
    });
    expect(log).to.deep.equal(['start', 'undo', 'start', 'undo']);
  });

  it('shows the name of start in reports', () => {
    expect(String(operation().event)).to.equal('Action(start=started)');
  });

  it('is refused beside a strategy that never lets the host run, and without its module does not compile', () => {
    for (const module of [busyWaitModule, atomicsWaitModule])
      expect(() => createLoop(module, promiseModule)).to.throw(IncompatiblePluginsError, 'Handler needs the host');
    const event: Action<number> = action<number>(resolve => resolve(1));
    const loop = createLoop(setTimeoutModule);
    // @ts-expect-error promiseModule is missing
    const run = () => loop.run(event);
    expect(run).to.be.a('function');
  });
});

function* errorIn<T, E extends LoopEvent>(program: Yieldable<T, E>): Coroutine<unknown, E> {
  try {
    yield* program;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
