import { PromiseHandler, resolved } from '@escapement/promises';
import { SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  BusyWaitStrategy,
  Cancelled,
  type Coroutine,
  EscapementError,
  EventLoop,
  FifoPolicy,
  PerformanceClock,
  pause,
  runningTask,
  SetTimeoutStrategy,
  SleepHandler,
  sleep,
  spawn,
  type Task,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

function hostLoop() {
  const strategy = new SetTimeoutStrategy(new PerformanceClock());
  const signals = new SignalHandler();
  signals.outside = 1;
  const handlers = [new SleepHandler(strategy.clock), new PromiseHandler(), signals];
  return { loop: new EventLoop<(typeof handlers)[number]>({ strategy, handlers }), signals };
}

async function failureOf(work: () => unknown): Promise<EscapementError> {
  try {
    await work();
  } catch (error) {
    return error as EscapementError;
  }
  return expect.fail('nothing was thrown');
}

describe('two loops', () => {
  it('a task cannot join a task of the other that has not ended; the error says how to wait for it', async () => {
    const [here, there] = [hostLoop(), hostLoop()];
    const task = there.loop.spawn(sleep(5), { name: 'far' });
    const error = await failureOf(() => here.loop.run(() => task.join()));
    expect(error.code).to.equal('ESC_FOREIGN_TASK');
    expect(error.message).to.include('task "main" joined task "far" of another loop').and.include('resolved(task)');
    const value = there.loop.spawn(function* () {
      yield* sleep(1);
      return 7;
    });
    expect(await here.loop.run(() => resolved(value))).to.equal(7);
    await task;
  });

  it('a task may join a task of the other that has ended', () => {
    const [here, there] = [virtualLoop().loop, virtualLoop().loop];
    let good: Task<number> | undefined;
    let bad: Task<never> | undefined;
    const failed = () =>
      there.runSync(function* () {
        good = yield* spawn(function* (): Coroutine<number> {
          return 7;
        });
        yield* pause();
        bad = yield* spawn(function* (): Coroutine<never> {
          throw new Error('bad');
        });
      });
    expect(failed).to.throw('bad');
    expect(here.runSync(good!.join())).to.equal(7);
    expect(() => here.runSync(bad!.join())).to.throw('bad');
  });

  it('a task may cancel a task of the other, settle its wait and start a watch for it, while that sleeps', async () => {
    const [here, there] = [hostLoop(), hostLoop()];
    const signal = new Signal<string>();
    let sleeper: Task | undefined;
    const far = there.loop.run(function* () {
      sleeper = yield* spawn(sleep(100_000));
      const got = yield* signal;
      return [got, sleeper.state];
    });
    let isInformed = false;
    await here.loop.run(function* () {
      yield* sleep(5);
      sleeper!.watch(sleep(1), { resolved: () => (isInformed = true), rejected: () => {} });
      yield* sleep(20);
      sleeper!.cancel('from the other loop');
      yield* sleep(5);
      there.signals.waiting.get(signal)!.resolve('settled');
    });
    expect(await far).to.deep.equal(['settled', 'cancelled']);
    expect(isInformed).to.equal(true);
  });

  it('one that runs inside a coroutine of the other disturbs neither', () => {
    for (const debug of [false, true]) {
      const [outer, inner] = [virtualLoop({ debug }), virtualLoop({ debug })];
      const log: string[] = [];
      const value = outer.loop.runSync(function* main() {
        const other = yield* spawn(function* other() {
          yield* sleep(3);
          log.push('other');
        });
        const before = runningTask();
        const got = inner.loop.runSync(function* nested() {
          yield* spawn(sleep(5));
          yield* sleep(1);
          return `inner at ${inner.clock.time}`;
        });
        expect(runningTask()).to.equal(before);
        yield* other.join();
        return got;
      });
      expect(value).to.equal('inner at 1');
      expect(log).to.deep.equal(['other']);
      expect([...outer.warnings, ...inner.warnings]).to.deep.equal([]);
    }
  });

  it('Cancelled of a run of the other is a failure, not a cancellation of the task', () => {
    const [outer, inner] = [virtualLoop().loop, virtualLoop().loop];
    let child: Task | undefined;
    const run = () =>
      outer.runSync(function* () {
        child = yield* spawn(function* child(): Coroutine<void> {
          inner.runSync(function* nested() {
            runningTask()!.cancel('inside');
            yield* pause();
          });
        });
      });
    expect(run).to.throw(Cancelled, 'task "nested" was cancelled: "inside"');
    expect(child!.state).to.equal('failed');
  });

  it('cannot share a handler or a policy while both run; one after the other can', async () => {
    const shared = new SignalHandler();
    const policy = new FifoPolicy();
    for (const options of [{ handlers: [shared] }, { policy }]) {
      const [outer, inner] = [virtualLoop(options).loop, virtualLoop(options).loop];
      const name = 'policy' in options ? 'FifoPolicy' : 'SignalHandler';
      const error = await failureOf(() =>
        outer.runSync(function* () {
          inner.runSync(pause());
        }),
      );
      expect(error.code).to.equal('ESC_PLUGIN_IN_USE');
      expect(error.message).to.include(`whose ${name} is in use by another loop`);
      inner.runSync(sleep(1));
      outer.runSync(sleep(1));
    }
  });

  it('can share a strategy and a clock that hold no state', async () => {
    const strategy = new BusyWaitStrategy(new PerformanceClock());
    const make = () => new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock), new SyncHandler()] });
    const [outer, inner] = [make(), make()];
    outer.runSync(function* () {
      inner.runSync(sleep(1));
      yield* sleep(1);
    });
  });

  it('nor does a Cancelled of another task of the same loop cancel the task that throws it', () => {
    let stolen: unknown;
    let thief: Task | undefined;
    const run = () =>
      virtualLoop().loop.runSync(function* () {
        const victim = yield* spawn(function* victim() {
          try {
            yield* sleep(5);
          } catch (error) {
            stolen = error;
            throw error;
          }
        });
        yield* pause();
        victim.cancel();
        yield* pause();
        thief = yield* spawn(function* thief(): Coroutine<void> {
          throw stolen;
        });
      });
    expect(run).to.throw(Cancelled, 'task "victim" was cancelled');
    expect(thief!.result).to.deep.equal({ state: 'failed', error: stolen });
  });
});
