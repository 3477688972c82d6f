import { threadId } from 'node:worker_threads';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  busyWaitModule,
  type Coroutine,
  createLoop,
  type Instrument,
  LoopEvent,
  NoHandlerError,
  now,
  pause,
  setTimeoutModule,
  sleep,
  sleepUntil,
  spawn,
  type Task,
  type Yieldable,
} from 'escapement';
import { load } from '../examples/example.js';
import { virtualLoop } from '../support/virtual-loop.js';

const { AsyncSleep } = await load<typeof import('../../docs/examples/anatomy/async-sleep.js')>(
  'docs/examples/anatomy/async-sleep.ts',
);
type AsyncSleep = InstanceType<typeof AsyncSleep>;
const { asleep } = await load<typeof import('../../docs/examples/anatomy/asleep.js')>(
  'docs/examples/anatomy/asleep.ts',
);
const { blockFor } = await load<typeof import('../../docs/examples/anatomy/block-for.js')>(
  'docs/examples/anatomy/block-for.ts',
);
const { asyncSleepModule } = await load<typeof import('../../docs/examples/anatomy/async-sleep-handler.js')>(
  'docs/examples/anatomy/async-sleep-handler.ts',
);
const { runAll } = await load<typeof import('../../docs/examples/anatomy/tiny-loop.js')>(
  'docs/examples/anatomy/tiny-loop.ts',
);
const { Flag, FlagHandler } = await load<typeof import('../../docs/examples/extending/flag.js')>(
  'docs/examples/extending/flag.ts',
);

const STRATEGIES = { 'busy-wait': busyWaitModule, 'atomics-wait': atomicsWaitModule, 'set-timeout': setTimeoutModule };

/** A coroutine in between: it knows neither the event nor the loop. */
function* inBetween<T, E extends LoopEvent>(inner: Yieldable<T, E>): Coroutine<T, E> {
  return yield* inner;
}

function stacked<T, E extends LoopEvent>(depth: number, inner: Yieldable<T, E>): Yieldable<T, E> {
  let stack = inner;
  for (let n = 0; n < depth; n++) stack = inBetween(stack);
  return stack;
}

/** Drives a coroutine by hand and never waits. */
function drive<T, E extends LoopEvent>(coroutine: Coroutine<T, E>): { events: E[]; value: T } {
  const events: E[] = [];
  for (;;) {
    const step = coroutine.next();
    if (step.done) return { events, value: step.value };
    events.push(step.value);
  }
}

describe('Anatomy: what an event loop is', () => {
  it('runs turns as long as a task is left', () => {
    const { loop, strategy } = virtualLoop();
    loop.runSync(function* () {
      for (let n = 0; n < 3; n++) yield* sleep(10);
    });
    expect(strategy.sleeps).to.deep.equal([10, 20, 30]);
  });

  it('reports every coroutine that it runs to an instrument', () => {
    const seen: string[] = [];
    const monitor: Instrument = {
      stepStarted: task => seen.push(`${task.name} goes on`),
      suspended: (task, event) => seen.push(`${task.name}: ${event}`),
    };
    virtualLoop({ instruments: [monitor] }).loop.runSync(function* main() {
      yield* sleep(1);
    });
    expect(seen).to.deep.equal(['main goes on', 'main: SleepFor(duration=1)', 'main goes on']);
  });

  it('knows the event that each idle coroutine waits for', () => {
    virtualLoop().loop.runSync(function* () {
      const task = yield* spawn(sleep(5));
      yield* pause();
      expect(task.state).to.equal('waiting');
      expect(String(task.waitsFor)).to.equal('SleepFor(duration=5)');
    });
  });

  it('runs ready coroutines while others are idle', () => {
    const { loop } = virtualLoop();
    loop.runSync(function* () {
      const sleeper = yield* spawn(sleep(5));
      const start = yield* now();
      for (let n = 0; n < 1000; n++) yield* pause();
      expect(yield* now()).to.equal(start);
      expect(sleeper.isEnded).to.equal(false);
    });
  });

  it('resumes an idle coroutine when its event has happened', () => {
    const log: string[] = [];
    virtualLoop({ handlers: [new FlagHandler()] }).loop.runSync(function* () {
      const resource = new Flag();
      function* user() {
        yield* resource.raised();
        log.push('used');
      }
      yield* spawn(user());
      yield* sleep(10);
      log.push('free');
      resource.raise();
    });
    expect(log).to.deep.equal(['free', 'used']);
  });

  it('drives coroutines: alone they do nothing', () => {
    const log: string[] = [];
    function* main(): Coroutine<void> {
      log.push('begun');
      yield* [];
    }
    const coroutine = main();
    expect(log).to.deep.equal([]);
    virtualLoop().loop.runSync(coroutine);
    expect(log).to.deep.equal(['begun']);
  });

  for (const [name, strategyModule] of Object.entries(STRATEGIES)) {
    it(`keeps to one thread under ${name}`, async () => {
      const threads = new Set<number>();
      function* twoSteps() {
        threads.add(threadId);
        yield* asleep(1);
        threads.add(threadId);
      }
      await createLoop(strategyModule, asyncSleepModule).run(function* () {
        for (let n = 0; n < 10; n++) yield* spawn(twoSteps());
      });
      expect([...threads]).to.deep.equal([threadId]);
    });
  }

  it('runs one coroutine at a time', () => {
    const running = new Set<Task>();
    let most = 0;
    const monitor: Instrument = {
      stepStarted: task => {
        running.add(task);
        most = Math.max(most, running.size);
      },
      stepEnded: task => running.delete(task),
    };
    virtualLoop({ instruments: [monitor] }).loop.runSync(function* () {
      for (let n = 0; n < 10; n++) yield* spawn(sleep(n));
    });
    expect(most).to.equal(1);
  });

  it('carries a hundred thousand coroutines on one core', () => {
    let done = 0;
    function* sleeper(n: number) {
      yield* sleep(n % 1000);
      done++;
    }
    virtualLoop().loop.runSync(function* () {
      for (let n = 0; n < 100_000; n++) yield* spawn(sleeper(n));
    });
    expect(done).to.equal(100_000);
  });
});

describe('Anatomy: of event loops', () => {
  it('a coroutine is not a thread: it runs on the thread that resumes it', () => {
    function* where(): Coroutine<number> {
      yield* [];
      return threadId;
    }
    expect(drive(where()).value).to.equal(threadId);
  });

  it('a coroutine cannot switch to another: its caller has to', () => {
    const log: string[] = [];
    function* steps(name: string): Coroutine<void, AsyncSleep> {
      log.push(`${name} 1`);
      yield* new AsyncSleep(0);
      log.push(`${name} 2`);
    }
    const one = steps('one');
    const two = steps('two');
    one.next();
    expect(log).to.deep.equal(['one 1']);
    two.next();
    one.next();
    expect(log).to.deep.equal(['one 1', 'two 1', 'one 2']);
  });

  it('control goes to the caller at the bottom, past the coroutines in between', () => {
    const log: string[] = [];
    const event = new AsyncSleep(0);
    function* child(): Coroutine<string, AsyncSleep> {
      yield* event;
      return 'value';
    }
    function* parent(): Coroutine<void, AsyncSleep> {
      log.push(yield* child());
    }
    const coroutine = parent();
    expect(coroutine.next().value).to.equal(event);
    expect(log).to.deep.equal([]);
    expect(coroutine.next().done).to.equal(true);
    expect(log).to.deep.equal(['value']);
  });

  it('the coroutine at the root is the one that the loop was given', () => {
    const roots = new Set<Task>();
    let isRoot = false;
    const monitor: Instrument = {
      taskEnded: task => {
        let root = task;
        while (root.parent !== undefined) root = root.parent;
        roots.add(root);
        isRoot = root.name === 'main';
      },
    };
    virtualLoop({ instruments: [monitor] }).loop.runSync(function* main() {
      yield* spawn(inBetween(spawn(sleep(1))));
    });
    expect(roots.size).to.equal(1);
    expect(isRoot).to.equal(true);
  });

  it('a suspended coroutine has yielded an event', () => {
    const { events } = drive(asleep(1));
    for (const event of events) expect(event).to.be.instanceOf(LoopEvent);
  });

  it('the loop waits until the events happen', () => {
    virtualLoop().loop.runSync(function* () {
      yield* sleepUntil(123);
      expect(yield* now()).to.equal(123);
    });
  });

  it('the events decide which coroutine runs next', () => {
    const order: number[] = [];
    function* sleeper(duration: number) {
      yield* sleep(duration);
      order.push(duration);
    }
    virtualLoop().loop.runSync(function* () {
      for (const duration of [30, 10, 20]) yield* spawn(sleeper(duration));
    });
    expect(order).to.deep.equal([10, 20, 30]);
  });

  it('the events decide how long the loop waits', () => {
    const { loop, strategy } = virtualLoop();
    loop.runSync(function* () {
      for (const duration of [30, 10, 20]) yield* spawn(sleep(duration));
    });
    expect(strategy.sleeps).to.deep.equal([10, 20, 30]);
  });

  it('the loop only knows events that it has handlers for', () => {
    const { loop } = virtualLoop();
    // @ts-expect-error nothing handles AsyncSleep
    expect(() => loop.runSync(asleep(1))).to.throw(NoHandlerError, 'AsyncSleep');
  });

  it('the event that the innermost coroutine makes is the one that the loop gets', () => {
    const seen: LoopEvent[] = [];
    const event = sleep(1);
    const { loop } = virtualLoop({ instruments: [{ suspended: (_task, suspendedOn) => seen.push(suspendedOn) }] });
    loop.runSync(stacked(1000, event));
    expect(seen).to.have.lengthOf(1);
    expect(seen[0]).to.equal(event);
  });

  it('the coroutines in between know neither the loop nor the events', () => {
    const stack = () => inBetween(stacked(10, asleep(2)));
    expect(drive(stack()).events).to.have.lengthOf(2);
    runAll(stack());
    createLoop(atomicsWaitModule, asyncSleepModule).runSync(stack());
  });
});

describe('Anatomy: motivating events in time', () => {
  it('the simplest event is that a point in time is reached', () => {
    createLoop(atomicsWaitModule, asyncSleepModule).runSync(function* () {
      const until = performance.now() + 5;
      yield* new AsyncSleep(until);
      expect(performance.now()).to.be.at.least(until);
    });
  });

  it('a task may sleep again and again until a condition holds, as a thread would', () => {
    let looks = 0;
    virtualLoop().loop.runSync(function* () {
      let isReady = false;
      function* preparation() {
        yield* sleep(35);
        isReady = true;
      }
      yield* spawn(preparation());
      for (; !isReady; looks++) yield* sleep(10);
    });
    expect(looks).to.equal(4);
  });

  function orderWith(wait: (duration: number) => Yieldable<void, AsyncSleep>): string[] {
    const log: string[] = [];
    function* task(name: string) {
      log.push(`${name} begins`);
      yield* wait(5);
      log.push(`${name} ends`);
    }
    createLoop(atomicsWaitModule, asyncSleepModule).runSync(function* () {
      yield* spawn(task('one'));
      yield* spawn(task('two'));
    });
    return log;
  }

  it('a blocking sleep stops the whole script', () => {
    const blocking = (duration: number) => {
      blockFor(duration);
      return [] as never[] as Yieldable<void>;
    };
    expect(orderWith(blocking)).to.deep.equal(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('asleep stops one coroutine, and others run', () => {
    expect(orderWith(asleep)).to.deep.equal(['one begins', 'two begins', 'one ends', 'two ends']);
  });
});

describe('Anatomy: defining an event in time', () => {
  it('an event is a plain value of a class of its own', () => {
    const event: LoopEvent = new AsyncSleep(1);
    expect(event).to.be.instanceOf(AsyncSleep);
    expect(event.kind).to.equal('async-sleep');
    expect(event).not.to.equal(new AsyncSleep(1));
  });

  it('it stores its target time, and its text shows it', () => {
    expect(new AsyncSleep(7).until).to.equal(7);
    expect(String(new AsyncSleep(1589572249.3))).to.equal('AsyncSleep(until=1589572249.3)');
  });

  it('it can be waited for directly: the loop gets the event itself', () => {
    const event = new AsyncSleep(7);
    expect(drive(inBetween(event)).events).to.deep.equal([event]);
  });

  it('it does not act, and does not know how to wait', () => {
    expect(Object.keys(new AsyncSleep(7)).sort()).to.deep.equal(['kind', 'until']);
  });

  it('unlike in Python, its iterator is an ordinary iterator', () => {
    const event = new AsyncSleep(7);
    expect([...event]).to.deep.equal([event]);
  });
});

describe('Anatomy: awaiting an event', () => {
  it('asleep waits twice, for half the time each, counted from each wait', () => {
    const before = performance.now();
    const { events } = drive(asleep(100));
    const after = performance.now();
    expect(events).to.have.lengthOf(2);
    for (const { until } of events) expect(until).to.be.within(before + 50, after + 50);
    expect(events[1]!.until).to.be.at.least(events[0]!.until);
  });

  it('driven by hand it yields two events, and then it is done', () => {
    const coroutine = asleep(100);
    expect(coroutine.next().value).to.be.instanceOf(AsyncSleep);
    expect(coroutine.next().value).to.be.instanceOf(AsyncSleep);
    expect(coroutine.next()).to.deep.equal({ done: true, value: undefined });
  });

  it('the only delay comes from the driver', () => {
    // Eleven days from now.
    const coroutine = asleep(1e9);
    const first = coroutine.next().value as AsyncSleep;
    blockFor(20);
    const second = coroutine.next().value as AsyncSleep;
    expect(coroutine.next().done).to.equal(true);
    expect(second.until - first.until).to.be.at.least(20);
  });
});

describe('Anatomy: using sleep events', () => {
  it('blocking resumes no coroutine', () => {
    const coroutine = asleep(2);
    const { until } = coroutine.next().value as AsyncSleep;
    while (performance.now() < until) blockFor(1);
    // Its time has come, but the coroutine is still at the first of its two waits.
    expect(drive(coroutine).events).to.have.lengthOf(1);
  });

  it('yielding an event lets no time pass', () => {
    const { loop, clock } = virtualLoop();
    const coroutine = inBetween(sleep(1e9));
    coroutine.next();
    expect(clock.time).to.equal(0);
    loop.runSync(sleep(1));
    expect(clock.time).to.equal(1);
  });

  it('a strategy of our own meets the delay: a loop of ten lines', () => {
    const ends: number[] = [];
    const start = performance.now();
    function* timed(duration: number): Coroutine<void, AsyncSleep> {
      yield* asleep(duration);
      expect(performance.now() - start).to.be.at.least(duration);
      ends.push(duration);
    }
    runAll(timed(200), timed(20));
    expect(ends).to.have.members([20, 200]);
  });

  for (const [name, strategyModule] of Object.entries(STRATEGIES)) {
    it(`so does ${name}, for the same coroutine`, async () => {
      const start = performance.now();
      await createLoop(strategyModule, asyncSleepModule).run(asleep(10));
      expect(performance.now()).to.be.at.least(start + 10);
    });
  }
});
