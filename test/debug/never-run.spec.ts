import { Lock, Queue, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  all,
  allSettled,
  BusyWaitStrategy,
  busyWaitModule,
  type Coroutine,
  call,
  coroutine,
  createLoop,
  debugging,
  EventHandler,
  EventLoop,
  ensure,
  handlerModule,
  LoopEvent,
  type LoopWarning,
  now,
  type Pause,
  PerformanceClock,
  pause,
  race,
  type SleepFor,
  SleepHandler,
  SleepStrategy,
  scope,
  sleep,
  sleepModule,
  spawn,
  type Task,
  timeout,
  type Waiter,
  type Yieldable,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, VirtualClock, virtualLoop } from '../support/virtual-loop.js';

/** A loop in virtual time that is debugged, and what it warned of. */
function debugLoop() {
  const strategy = new JumpStrategy();
  const warnings: LoopWarning[] = [];
  const instruments = [{ warned: (warning: LoopWarning) => warnings.push(warning) }];
  const handlers = [new SleepHandler(strategy.clock), new SignalHandler(), new SyncHandler()];
  return {
    loop: new EventLoop({ strategy, handlers, instruments: [...instruments, ...debugging(strategy.clock)] }),
    warnings,
    strategy,
    /** What was called in vain, `sleep()` say. */
    get forgotten() {
      return warnings.map(({ message }) => message.slice(0, message.indexOf(' was called')));
    },
  };
}

const nap = coroutine(function* nap(duration: number): Coroutine<string, SleepFor> {
  yield* sleep(duration);
  return 'rested';
});

const serve = coroutine(function* serve(body: Yieldable<unknown, SleepFor>): Coroutine<void, Pause | SleepFor> {
  yield* pause();
  yield* body;
});

describe('what was made and never run', () => {
  it('is reported with debug: an event, by what was called, where and in which task', () => {
    const { loop, warnings } = debugLoop();
    const { task, ...warning } = runFor(() => {
      loop.runSync(function* main() {
        sleep(5);
        yield* pause();
      });
      return warnings;
    });
    expect(task?.name).to.equal('main');
    expect(warning.code).to.equal('ESC_NEVER_RUN');
    expect(warning.message).to.match(
      /^sleep\(\) was called at \S+never-run\.spec\.[jt]s:\d+:\d+ in task "main", but the SleepFor that it made was never waited for\. Did you forget yield\*\?$/,
    );
  });

  it('is reported with debug: a coroutine, by its function', () => {
    const { loop, warnings } = debugLoop();
    const { message } = runFor(() => {
      loop.runSync(function* main() {
        yield* spawn(inner(), { name: 'worker' });
      });
      return warnings;
    });
    function* inner() {
      yield* pause();
      nap(5);
    }
    expect(message).to.match(
      /^nap\(\) was called at \S+never-run\.spec\.[jt]s:\d+:\d+ in task "worker", and never ran\. Did you forget yield\*\?$/,
    );
  });

  it('is not reported without debug', () => {
    const { loop, warnings } = virtualLoop();
    loop.runSync(function* () {
      sleep(5);
      nap(5);
      yield* pause();
    });
    expect(warnings).to.deep.equal([]);
  });

  it('is not reported if it ran: by yield*, by a bare yield, by next(), in a task, in a scope, by call and in a clean-up', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* (): Coroutine<void, LoopEvent> {
      yield* sleep(1);
      yield sleep(1);
      const task: Task = yield spawn(sleep(1)) as LoopEvent;
      yield* task.join();
      expect(yield* nap(1)).to.equal('rested');
      const byHand = nap(1);
      yield byHand.next().value as SleepFor;
      byHand.return('enough');
      yield* spawn(nap(1));
      yield* scope(nap(1));
      yield* call(nap, 1);
      yield* ensure(nap(1));
      yield* all([nap(1), sleep(1)]);
      yield* allSettled({ one: nap(1), two: sleep(1) });
      yield* race([nap(1), sleep(2)]);
      yield* timeout(10, nap(1));
      yield* new Lock().with(nap(1));
      const frozen = Object.freeze(sleep(1));
      yield* frozen;
      yield* frozen;
    } as () => Coroutine<void, never>);
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is reported for an event of another package, at the line of the coroutine', () => {
    class Door {
      opened(): Signal {
        return new Signal();
      }
    }
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      const door = new Door();
      door.opened();
      new Signal();
    });
    expect(debug.forgotten).to.deep.equal(['opened()', 'new Signal()']);
  });

  it('is reported for each of two calls in one line, and not for the arguments of one', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      void [sleep(1), nap(2)];
      void [sleep(1), spawn(nap(1)), all([nap(1), nap(2)]), sleep(2)];
    });
    expect(debug.forgotten).to.deep.equal(['sleep()', 'nap()', 'sleep()', 'spawn()', 'all()', 'sleep()']);
  });

  it('is reported for one of two calls in one line if the other ran', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      yield* [sleep(1), nap(2)][0] as SleepFor;
    });
    expect(debug.forgotten).to.deep.equal(['nap()']);
  });

  it('is reported for events of these packages: put, join, spawn', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      const queue = new Queue<number>();
      queue.put(1);
      const task = yield* spawn(pause());
      task.join();
      spawn(nap(1));
    });
    expect(debug.forgotten).to.deep.equal(['put()', 'join()', 'spawn()']);
  });

  it('is reported where a plain function made it: what was called, and what that made', () => {
    const debug = debugLoop();
    const start = (durations: number[]) => durations.map(duration => nap(duration));
    debug.loop.runSync(function* () {
      start([1, 2]);
      new Lock().with(pause());
      [3].map(duration => nap(duration));
    });
    const messages = debug.warnings.map(({ message }) => message.replace(/at \S+:\d+:\d+ in task "[^"]+"/, 'at ...'));
    expect(messages).to.deep.equal([
      'nap() was called at ..., and never ran. Did you forget yield*?',
      'with() was called at ..., and the holding that it made never ran. Did you forget yield*?',
      'nap() was called at ..., and never ran. Did you forget yield*?',
    ]);
  });

  it('is reported for helpers that are coroutines: all, race, timeout', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      all([pause()]);
      race([pause()]);
      timeout(5, pause());
    });
    expect(debug.forgotten).to.deep.equal(['all()', 'race()', 'timeout()']);
  });

  it('is reported once for each place, in this run and the next', () => {
    const debug = debugLoop();
    function* main() {
      for (let n = 0; n < 1000; n++) {
        nap(5);
        yield* pause();
      }
      for (let n = 0; n < 3; n++) yield* spawn(child());
    }
    function* child() {
      sleep(1);
    }
    debug.loop.runSync(main);
    debug.loop.runSync(main);
    expect(debug.forgotten).to.deep.equal(['nap()', 'sleep()']);
  });

  it('is not reported at a place where another one was run', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      for (let n = 0; n < 10; n++) {
        const spare = nap(1);
        if (n === 5) yield* spare;
      }
    });
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is not reported when it is kept: constants, fields, parts of objects that a constructor makes', () => {
    const constant = sleep(5);
    class Poller {
      readonly rest = sleep(5);
      readonly job: Coroutine<string, SleepFor>;
      constructor() {
        this.job = nap(1);
      }
    }
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      new Poller();
      new Lock();
      new Queue();
      pause();
      now();
      return constant;
    });
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is not reported when it is part of the value of the program', () => {
    const debug = debugLoop();
    const event = debug.loop.runSync(function* () {
      return sleep(5);
    });
    const { first } = debug.loop.runSync(function* () {
      return { first: nap(5) };
    });
    expect(debug.loop.runSync(event)).to.equal(undefined);
    expect(debug.loop.runSync(first)).to.equal('rested');
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is not reported when it was given to the loop and cancelled before its first step', () => {
    const debug = debugLoop();
    function* holds(body: Yieldable<unknown, LoopEvent>): Coroutine<void, LoopEvent> {
      yield* body;
    }
    debug.loop.runSync(function* (): Coroutine<void, LoopEvent> {
      const tasks: Task[] = [
        yield* spawn(nap(1)),
        yield* spawn(sleep(1)),
        yield* spawn(scope(nap(1))),
        yield* spawn(all([nap(1), sleep(1)])),
        yield* spawn(race([nap(1), sleep(1)])),
        yield* spawn(serve(nap(1))),
        yield* spawn(holds(nap(1))),
        yield* spawn(() => nap(1)),
        yield* spawn(() => sleep(1)),
        yield* spawn(scope(() => nap(1))),
        yield* spawn(all([() => nap(1), () => sleep(1)])),
      ];
      for (const task of tasks) task.cancel();
      yield* pause();
    } as () => Coroutine<void, never>);
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is not reported when all() or race() is over before it began', () => {
    const debug = debugLoop();
    function* fails(): Coroutine<never> {
      throw new Error('failed');
    }
    function* wins(): Coroutine<string> {
      return 'won';
    }
    debug.loop.runSync(function* () {
      const loser = nap(1);
      yield* sleep(1);
      yield* allSettled([all([fails(), nap(1)])]);
      expect(yield* race([wins(), loser, nap(1)])).to.equal('won');
    });
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is not reported when the task that was to run it later is cancelled before', () => {
    const debug = debugLoop();
    function* later(): Coroutine<void, SleepFor | Pause> {
      const job = nap(1);
      yield* sleep(100);
      yield* job;
    }
    debug.loop.runSync(function* () {
      const lock = new Lock();
      yield* lock.acquire();
      const tasks = [
        yield* spawn(later()),
        // They wait for what comes before the nap.
        yield* spawn(lock.with(nap(1))),
        yield* spawn(serve(nap(1))),
      ];
      yield* sleep(1);
      for (const task of tasks) task.cancel();
      lock.release();
    });
    expect(debug.forgotten).to.deep.equal([]);
  });

  it('is reported when a task went on without it and is cancelled much later', () => {
    const debug = debugLoop();
    debug.loop.runSync(function* () {
      yield* spawn(
        (function* () {
          for (;;) {
            nap(1);
            yield* sleep(10);
          }
        })(),
        { daemon: true },
      );
      yield* sleep(25);
    });
    expect(debug.forgotten).to.deep.equal(['nap()']);
  });

  it('is reported if the run fails, and when it comes to a deadlock: it may be why', () => {
    const debug = debugLoop();
    const failing = () =>
      debug.loop.runSync(function* () {
        sleep(5);
        throw new Error('too early');
      });
    expect(failing).to.throw('too early');
    const stuck = () =>
      debug.loop.runSync(function* () {
        const queue = new Queue<number>();
        queue.put(1);
        yield* new Signal();
      });
    expect(stuck).to.throw().with.property('code', 'ESC_DEADLOCK');
    expect(debug.forgotten).to.deep.equal(['sleep()', 'put()']);
  });

  it('is reported by the loop whose task made it, also where one loop runs inside another', () => {
    const outer = debugLoop();
    const inner = debugLoop();
    const silent = virtualLoop();
    outer.loop.runSync(function* () {
      inner.loop.runSync(function* () {
        nap(1);
      });
      silent.loop.runSync(function* () {
        nap(1);
        sleep(1);
      });
      expect(() =>
        inner.loop.runSync(function* () {
          throw new Error('inside');
        }),
      ).to.throw('inside');
      sleep(5);
      const given = nap(1);
      expect(inner.loop.runSync(given)).to.equal('rested');
    });
    expect(inner.forgotten).to.deep.equal(['nap()']);
    expect(outer.forgotten).to.deep.equal(['sleep()']);
    expect(silent.warnings).to.deep.equal([]);
  });

  it('leaves no hook behind, however the run ends', () => {
    const { prepareStackTrace, stackTraceLimit } = Error as unknown as Record<string, unknown>;
    const broken = new EventLoop({
      strategy: new JumpStrategy(),
      instruments: [
        ...debugging(new VirtualClock()),
        {
          warned() {},
          suspended() {
            throw new Error('a broken instrument');
          },
        },
      ],
      handlers: [new SignalHandler()],
    });
    expect(() => broken.runSync(new Signal())).to.throw();
    const outer = debugLoop();
    outer.loop.runSync(function* () {
      expect(() => broken.runSync(new Signal())).to.throw();
      nap(1);
      yield* pause();
    });
    expect(outer.forgotten).to.deep.equal(['nap()']);
    const ends = [
      () => debugLoop().loop.runSync(sleep(1)),
      () =>
        debugLoop().loop.runSync(function* () {
          nap(1);
          throw new Error('fails');
        }),
      () => debugLoop().loop.runSync(new Signal()),
    ];
    for (const end of ends) {
      try {
        end();
      } catch {}
      expect(Reflect.ownKeys(sleep(5))).to.deep.equal(['duration']);
      expect(Reflect.ownKeys(nap(5))).to.deep.equal([]);
    }
    expect(Reflect.ownKeys(virtualLoop().loop.runSync(makesOne))).to.deep.equal(['duration']);
    expect(Error).to.have.property('stackTraceLimit', stackTraceLimit);
    expect((Error as unknown as Record<string, unknown>).prepareStackTrace).to.equal(prepareStackTrace);
  });

  it('looks unchanged to the code that created it', () => {
    debugLoop().loop.runSync(function* () {
      const event = sleep(5);
      expect(Object.keys(event)).to.deep.equal(['duration']);
      expect(String(event)).to.equal('SleepFor(duration=5)');
      expect(String(nap(5))).to.equal('[object Generator]');
      yield* event;
      expect(Reflect.ownKeys(event)).to.deep.equal(['duration']);
      const body = nap(5);
      yield* body;
      expect(body.next().done).to.equal(true);
    });
  });
});

function runFor(warnings: () => readonly LoopWarning[]): LoopWarning {
  const [warning, ...others] = warnings();
  expect(others).to.deep.equal([]);
  return warning!;
}

function* makesOne(): Coroutine<SleepFor> {
  return sleep(5);
}

/** Lets the host run, which calls the finalization registry. */
class HostStrategy extends SleepStrategy {
  override readonly alias = 'host';
  override readonly waits = 'yields';
  override readonly clock = new VirtualClock();

  override sleep(until: number): Promise<void> {
    if (until !== Infinity) this.clock.time = Math.max(this.clock.time, until);
    return new Promise(resolve => setImmediate(resolve));
  }
}

describe('what was made, never run and collected as garbage', () => {
  before(function () {
    if (globalThis.gc === undefined) this.skip();
  });

  function collectingLoop() {
    const strategy = new HostStrategy();
    const warnings: LoopWarning[] = [];
    const instruments = [{ warned: (warning: LoopWarning) => warnings.push(warning) }];
    const handlers = [new SleepHandler(strategy.clock)];
    return {
      loop: new EventLoop({ strategy, handlers, instruments: [...instruments, ...debugging(strategy.clock)] }),
      warnings,
    };
  }

  function* collect(times: number, isDone = () => false): Coroutine<void, SleepFor> {
    for (let n = 0; n < times && !isDone(); n++) {
      yield* sleep(1);
      globalThis.gc!();
    }
  }

  it('is reported while the run goes on', async () => {
    const { loop, warnings } = collectingLoop();
    function* forgets(): Coroutine<void, SleepFor> {
      for (let n = 0; n < 10; n++) {
        nap(5);
        sleep(5);
        yield* sleep(1);
      }
    }
    const found = await loop.run(function* () {
      yield* spawn(forgets(), { name: 'forgetful' });
      yield* collect(30, () => warnings.length === 2);
      return warnings.map(({ message }) => message.slice(0, message.indexOf(' was called'))).sort();
    });
    expect(found).to.deep.equal(['nap()', 'sleep()']);
    expect(warnings.map(({ task }) => task?.name)).to.deep.equal(['forgetful', 'forgetful']);
    expect(warnings).to.have.lengthOf(2);
  });

  it('is not reported when it ran', async () => {
    const { loop, warnings } = collectingLoop();
    function* child(): Coroutine<void, SleepFor> {
      yield* nap(5);
      yield* sleep(5);
    }
    await loop.run(function* () {
      yield* spawn(child());
      yield* collect(10);
    });
    expect(warnings).to.deep.equal([]);
  });

  it('leaves nothing behind in a long run', () => {
    const { loop } = debugLoop();
    const growth = loop.runSync(function* () {
      const round = function* (): Coroutine<void, Pause> {
        for (let n = 0; n < 5_000; n++) {
          nap(n);
          sleep(n);
          if (n % 100 === 0) yield* pause();
        }
      };
      // The compiled code is there after that.
      for (let n = 0; n < 3; n++) yield* round();
      globalThis.gc!();
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < 3; n++) yield* round();
      globalThis.gc!();
      return process.memoryUsage().heapUsed - before;
    });
    expect(growth).to.be.below(1024 * 1024);
  });
});

class Readable extends LoopEvent<number> {
  readonly kind = 'readable';
}

class ReadableHandler extends EventHandler<Readable> {
  override readonly handles = Readable;
  override arm(_event: Readable, waiter: Waiter<number>): void {
    waiter.resolve(3);
  }
  override disarm(): void {}
}

/** True if `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** The events that a coroutine can yield. */
type EventsOf<C> = C extends { [Symbol.iterator](): Iterator<infer E, unknown, unknown> } ? E : never;
const isTrue = <T extends true>(_?: T): void => {};

describe('coroutine()', () => {
  const sleeping = () => createLoop(busyWaitModule, sleepModule);
  const reading = () => createLoop(busyWaitModule, sleepModule, handlerModule(ReadableHandler));

  it('keeps parameters, result, events, generics and this, and an inferred type too', () => {
    function* plain(url: string, tries = 3): Coroutine<number, Readable | SleepFor> {
      yield* sleep(tries);
      return url.length + (yield* new Readable());
    }
    const wrapped = coroutine(plain);
    isTrue<Same<typeof wrapped, typeof plain>>();
    const inferred = coroutine(function* (word: string) {
      yield* sleep(0);
      return word.length;
    });
    isTrue<Same<Parameters<typeof inferred>, [word: string]>>();
    const length = reading().runSync(() => inferred('abc'));
    isTrue<Same<typeof length, number>>();
    isTrue<Same<EventsOf<ReturnType<typeof inferred>>, SleepFor>>();
    const generic = coroutine(function* <T>(value: T): Coroutine<T[], Pause> {
      yield* pause();
      return [value];
    });
    const list = reading().runSync(() => generic('text'));
    isTrue<Same<typeof list, string[]>>();
    class Counter {
      count = 3;
      readonly next = coroutine(function* (this: Counter): Coroutine<number, Pause> {
        yield* pause();
        return ++this.count;
      });
    }
    const counter = new Counter();
    expect(reading().runSync(() => counter.next())).to.equal(4);
    expect(list).to.deep.equal(['text']);
    expect(reading().runSync(() => wrapped('abc', 0))).to.equal(6);
    // @ts-expect-error a number is no url
    expect(() => wrapped(5)).to.be.a('function');
  });

  it('refuses an event without a handler', () => {
    const read = coroutine(function* read(): Coroutine<number, Readable> {
      return yield* new Readable();
    });
    // @ts-expect-error Readable has no handler in this loop
    expect(() => sleeping().runSync(read)).to.throw('no handler');
    // @ts-expect-error nor in a task
    expect(() => sleeping().runSync(() => spawn(read()))).to.throw('no handler');
    expect(reading().runSync(read)).to.equal(3);
  });

  it('refuses a function that makes no coroutine', () => {
    // @ts-expect-error an async function
    expect(() => coroutine(async () => {})).to.be.a('function');
    // @ts-expect-error what a generator function returns
    expect(() => coroutine(nap(5))).to.throw(
      'coroutine got a coroutine, expected a function that makes a coroutine or an event',
    );
  });

  it('keeps the name of the function, for errors and for tasks', () => {
    expect(nap.name).to.equal('nap');
    expect(nap).to.have.lengthOf(1);
    const strategy = new BusyWaitStrategy(new PerformanceClock());
    let name = '';
    const loop = new EventLoop({ strategy, instruments: [{ taskSpawned: task => (name = task.name) }] });
    loop.runSync(
      coroutine(function* main(): Coroutine<void, Pause> {
        yield* pause();
      }),
    );
    expect(name).to.equal('main');
  });
});
