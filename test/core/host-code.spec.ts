import { expect } from 'chai';
import { EventLoop, isScope, pause, sleep, spawn, type Task } from 'escapement';
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

describe('host code', () => {
  it('awaits a task that it spawned in a loop that does not run; the run ends with the task', async () => {
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

  it('that awaits a task gets its error, the same object', async () => {
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

  it('gets a failure that nothing awaits as an unhandled rejection', async () => {
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

  it('spawns a child of the root task in a running loop', async () => {
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

  it('spawns a task that is no scope, and is called by its number', async () => {
    const { loop } = virtualLoop();
    const task = loop.spawn(sleep(1));
    expect(task.name).to.equal(`task-${task.id}`);
    expect(isScope(task)).to.equal(false);
    await task;
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

  it('with an AbortSignal that may still abort is no deadlock under a strategy that yields', async () => {
    const { SetTimeoutStrategy, PerformanceClock } = await import('escapement');
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    const loop = new EventLoop({ strategy, handlers: [new SignalHandler()] });
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 10);
    const error = await loop.run(new Signal(), { signal: controller.signal }).catch(thrown => thrown);
    expect(error).to.have.property('reason', 'enough');
  });

  it('run removes its listener from an AbortSignal at the end', async () => {
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

  it('spawns a generator function, too, in a running loop; anything else is refused by name', async () => {
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

  it('that awaits a failure gets a failure there, and no unhandled rejection', async () => {
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
