import { expect } from 'chai';
import {
  all,
  any,
  type CoreEvent,
  type Coroutine,
  EventLoop,
  onCancel,
  type Pause,
  pause,
  race,
  type Sleep,
  type SleepFor,
  SleepHandler,
  scope,
  sleep,
  spawn,
  type Task,
  timeout,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

/** How many tasks come and go in each test; `LEAK_TASKS=1000000` for the whole truth. */
const TASKS = Number(process.env.LEAK_TASKS ?? 100_000);
const ROUNDS = 5;
/** So much the heap may have grown; a task that stayed would cost a hundred bytes at least, so TASKS of them 10 MB. */
const TOLERANCE = 2 * 1024 * 1024;

function collect(): void {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc');
  globalThis.gc();
}

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

type Event = SleepFor | Sleep | Signal<unknown> | CoreEvent;

/** Does the same again and again within one long-lived task; what stays behind shows in the heap and in the handlers. */
function expectNoLeak(round: (count: number) => Coroutine<void, Event>): void {
  const strategy = new JumpStrategy();
  const sleeps = new SleepHandler(strategy.clock);
  const signals = new SignalHandler();
  const loop = new EventLoop({ strategy, handlers: [sleeps, signals] });
  const growth = loop.runSync(function* () {
    const count = Math.ceil(TASKS / ROUNDS);
    yield* round(count);
    const rest = forgetLog(strategy, signals);
    const before = heapUsed();
    for (let n = 1; n < ROUNDS; n++) {
      yield* round(count);
      expect(signals.waiting.size, 'waiters left in SignalHandler').to.equal(0);
      expect(sleeps.nextDeadline(), 'deadline left in SleepHandler').to.equal(Infinity);
      rest();
    }
    return heapUsed() - before;
  });
  expect(growth, 'growth of the heap in bytes').to.be.below(TOLERANCE);
}

/** The test's own helpers keep a history. */
function forgetLog(strategy: JumpStrategy, signals: SignalHandler): () => void {
  const forget = () => {
    strategy.sleeps.length = 0;
    signals.log.length = 0;
  };
  forget();
  return forget;
}

describe('nothing is left behind', () => {
  before(function () {
    if (globalThis.gc === undefined) this.skip();
  });

  it('by tasks that end, joined or not', () => {
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n += 2) {
        const joined = yield* spawn(pause());
        yield* spawn(pause());
        yield* joined.join();
      }
      yield* sleep(1);
    });
  }).timeout(120_000);

  it('by tasks that are cancelled, spawned, ready, asleep or waiting for a handler', () => {
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n += 5) {
        const tasks: Task[] = [
          yield* spawn(pause()),
          yield* spawn(sleep(1000)),
          yield* spawn(new Signal()),
          yield* spawn(spawn(sleep(1000))),
        ];
        yield* pause();
        tasks.push(yield* spawn(pause()));
        for (const task of tasks) task.cancel();
        for (const task of tasks) {
          try {
            yield* task.join();
          } catch {}
        }
      }
    });
  }).timeout(120_000);

  it('by many that are cancelled all at once', () => {
    expectNoLeak(function* (count) {
      const tasks: Task[] = [];
      for (let n = 0; n < count; n += 2) {
        tasks.push(yield* spawn(sleep(1000 + n)));
        tasks.push(yield* spawn(new Signal()));
      }
      yield* sleep(1);
      for (const task of tasks) task.cancel();
      for (const task of tasks) {
        try {
          yield* task.join();
        } catch {}
      }
    });
  }).timeout(120_000);

  it('by the losers of races, and of any', () => {
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n += 6) {
        yield* race([new Signal(), sleep(1000), pause()]);
        yield* any([new Signal(), sleep(1000), pause()]);
      }
    });
  }).timeout(120_000);

  it('by timeouts, in time or not', () => {
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n += 6) {
        yield* timeout(1000, pause());
        try {
          yield* timeout(1, new Signal());
        } catch {}
      }
    });
  }).timeout(120_000);

  it('by all() that fails, and by scopes that throw', () => {
    function* fails(): Coroutine<never, Pause> {
      yield* pause();
      throw new Error('failed');
    }
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n += 6) {
        try {
          yield* all([new Signal(), sleep(1000), fails()]);
        } catch {}
        try {
          yield* scope(fails());
        } catch {}
      }
    });
  }).timeout(120_000);

  it('by those that gave up joining a task that lives long', () => {
    expectNoLeak(function* (count) {
      const long = yield* spawn(new Signal());
      for (let n = 0; n < count; n += 2) {
        const joiner = yield* spawn(long.join());
        yield* pause();
        joiner.cancel();
        yield* pause();
      }
      long.cancel();
      yield* sleep(1);
    });
  }).timeout(120_000);

  it('by listeners for a cancellation that were taken back', () => {
    expectNoLeak(function* (count) {
      for (let n = 0; n < count; n++) {
        const forget = yield* onCancel(() => n);
        forget();
      }
    });
  }).timeout(120_000);

  it('by a loop that runs program after program', () => {
    const { loop, strategy } = virtualLoop();
    const runMany = () => {
      for (let n = 0; n < TASKS / ROUNDS / 4; n++) {
        loop.runSync(function* () {
          yield* spawn(sleep(1000), { daemon: true });
          yield* race([sleep(1), sleep(500)]);
        });
      }
      strategy.sleeps.length = 0;
    };
    runMany();
    const before = heapUsed();
    for (let n = 1; n < ROUNDS; n++) runMany();
    expect(heapUsed() - before).to.be.below(TOLERANCE);
  }).timeout(120_000);
});

describe('a task that has ended and is kept', () => {
  before(function () {
    if (globalThis.gc === undefined) this.skip();
  });

  class Ballast {
    readonly bytes = new Uint8Array(1024);
  }

  /**
   * Whether what the coroutine held is collected while the task is kept. The registry must outlive the wait for it.
   * The task comes back in an object, because an async function would wait for a bare one.
   */
  async function letsGo(program: (ballast: Ballast) => Coroutine<Task, Event>): Promise<{ readonly task: Task }> {
    const collected: string[] = [];
    const registry = new FinalizationRegistry<string>(name => collected.push(name));
    const task = runWithBallast(program, registry);
    for (let n = 0; n < 20 && collected.length === 0; n++) {
      await new Promise(resolve => setImmediate(resolve));
      collect();
    }
    registry.unregister(collected);
    expect(collected).to.deep.equal(['ballast']);
    expect(task.isEnded).to.equal(true);
    return { task };
  }

  // A function of its own, so that no local variable of the test holds on to the ballast.
  function runWithBallast(
    program: (ballast: Ballast) => Coroutine<Task, Event>,
    registry: FinalizationRegistry<string>,
  ): Task {
    const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
    const ballast = new Ballast();
    registry.register(ballast, 'ballast');
    return loop.runSync(program(ballast));
  }

  function* holds(ballast: Ballast, wait: number): Coroutine<number, SleepFor> {
    yield* sleep(wait);
    return ballast.bytes.length;
  }

  it('does not keep what its coroutine held, after a success', async () => {
    const { task } = await letsGo(function* (ballast) {
      const child = yield* spawn(holds(ballast, 1));
      yield* child.join();
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'succeeded', value: 1024 });
  });

  it('nor after a cancellation', async () => {
    const { task } = await letsGo(function* (ballast) {
      const child = yield* spawn(holds(ballast, 1000));
      yield* sleep(1);
      child.cancel('enough');
      return child;
    });
    expect(task.result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
  });

  it('nor after a cancellation before its start', async () => {
    await letsGo(function* (ballast) {
      const child = yield* spawn(holds(ballast, 1000));
      child.cancel();
      return child;
    });
  });

  it('nor does it keep what its children held', async () => {
    await letsGo(function* (ballast) {
      const child = yield* spawn(
        (function* () {
          yield* race([holds(ballast, 1), holds(ballast, 2)]);
          yield* spawn(holds(ballast, 3));
        })(),
      );
      yield* child.join();
      return child;
    });
  });

  it('nor what waited for it', async () => {
    await letsGo(function* (ballast) {
      const child = yield* spawn(sleep(5));
      yield* spawn(
        (function* () {
          yield* child.join();
          return ballast;
        })(),
      );
      const impatient = yield* spawn(
        (function* () {
          yield* child.join();
          return ballast;
        })(),
      );
      yield* sleep(1);
      impatient.cancel();
      yield* child.join();
      return child;
    });
  });

  it('nor its listeners for a cancellation', async () => {
    await letsGo(function* (ballast) {
      const child = yield* spawn(listens(ballast));
      yield* child.join();
      return child;
    });
    function* listens(ballast: Ballast) {
      yield* onCancel(() => ballast.bytes.length);
      yield* sleep(1);
    }
  });
});
