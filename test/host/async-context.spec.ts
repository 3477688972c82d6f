import { AsyncLocalStorage, AsyncResource, executionAsyncResource } from 'node:async_hooks';
import { instrumentLaws } from '@escapement/conformance';
import { AsyncContext, type EnterContext, inContext, NoAsyncContextError, withStore } from '@escapement/host';
import { asyncContextModule } from '@escapement/host/module';
import { expect } from 'chai';
import {
  all,
  type Coroutine,
  createLoop,
  ensure,
  type LoopEvent,
  map,
  type Pause,
  type Program,
  pause,
  race,
  SleepHandler,
  scope,
  setTimeoutModule,
  shield,
  sleep,
  sleepModule,
  spawn,
  supervise,
  timeout,
} from 'escapement';
import { needsGc } from '../support/needs-gc.js';
import { JumpStrategy, virtualLoop } from '../support/virtual-loop.js';

const storage = new AsyncLocalStorage<string>();
const seen = () => storage.getStore();

function contextLoop() {
  const context = new AsyncContext();
  return virtualLoop({ handlers: [context], instruments: [context] });
}

describe('the async context of a task', () => {
  it('is that of the code that spawned it, in all its steps', () => {
    const { loop } = contextLoop();
    const log: (string | undefined)[] = [];
    function* looking() {
      for (let n = 0; n < 3; n++) {
        log.push(seen());
        yield* n === 1 ? pause() : sleep(1);
      }
      return seen();
    }
    expect(storage.run('host', () => loop.runSync(looking))).to.equal('host');
    expect(log).to.deep.equal(['host', 'host', 'host']);
    expect(loop.runSync(looking), 'the next run has its own').to.equal(undefined);
    expect(seen(), 'and the host keeps its').to.equal(undefined);
  });

  it('is changed by enterWith for the rest of the task and what it spawns then, for no other', () => {
    const { loop } = contextLoop();
    function* entering(name: string) {
      const before = yield* spawn(reading(5));
      storage.enterWith(name);
      const after = yield* spawn(reading(5));
      yield* sleep(1);
      const own = seen();
      yield* pause();
      return [yield* before, own, seen(), yield* after];
    }
    function* reading(ms: number) {
      yield* sleep(ms);
      return seen();
    }
    const result = storage.run('host', () =>
      loop.runSync(function* () {
        const tasks = [yield* spawn(entering('a')), yield* spawn(entering('b'))];
        yield* sleep(3);
        const bystander = yield* spawn(reading(1));
        return [yield* tasks[0]!, yield* tasks[1]!, yield* bystander, seen()];
      }),
    );
    expect(result).to.deep.equal([['host', 'a', 'a', 'a'], ['host', 'b', 'b', 'b'], 'host', 'host']);
    expect(seen()).to.equal(undefined);
  });

  it('is inherited by the tasks of combinators, scopes and clean-ups', () => {
    const { loop } = contextLoop();
    const log: string[] = [];
    const note = (what: string) =>
      function* () {
        yield* sleep(1);
        log.push(`${what} ${seen()}`);
        storage.enterWith('leaked');
      };
    storage.run('host', () =>
      loop.runSync(function* () {
        yield* ensure(note('last clean-up'));
        yield* ensure(note('clean-up'));
        yield* all([note('all'), note('all')]);
        yield* race([note('race'), sleep(2)]);
        yield* map([1, 2, 3], () => note('map')(), { concurrency: 2 });
        yield* timeout(5, note('timeout'));
        storage.enterWith('own');
        yield* scope(note('scope'));
        yield* shield(note('shield'));
        yield* supervise(note('supervise'));
        yield* spawn(note('child that ends after the body'));
      }),
    );
    expect(log).to.deep.equal([
      ...['all host', 'all host', 'race host', 'map host', 'map host', 'map leaked', 'timeout host'],
      ...['scope own', 'shield own', 'supervise own', 'child that ends after the body own'],
      ...['clean-up own', 'last clean-up own'],
    ]);
  });

  it('of a task that host code spawns is that of the caller, also during a run and inside a step', async () => {
    const loop = createLoop(setTimeoutModule, sleepModule, asyncContextModule);
    const reading = function* () {
      yield* sleep(1);
      return seen();
    };
    const results = await storage.run('run', () =>
      loop.run(function* () {
        const inStep = storage.run('in a step', () => loop.spawn(reading));
        let ofHost: Promise<string | undefined> | undefined;
        setTimeout(() => storage.run('host', () => (ofHost = Promise.resolve(loop.spawn(reading)))), 1);
        yield* sleep(10);
        return { inStep: yield* inStep, ofHost, own: seen() };
      }),
    );
    expect({ ...results, ofHost: await results.ofHost }).to.deep.equal({
      inStep: 'in a step',
      ofHost: 'host',
      own: 'run',
    });
  });

  it('does not reach host code that runs during a sleep or after the run', async () => {
    const loop = createLoop(setTimeoutModule, sleepModule, asyncContextModule);
    const heard: (string | undefined)[] = [];
    setTimeout(() => heard.push(seen()), 2);
    const run = loop.run(function* () {
      storage.enterWith('task');
      yield* sleep(5);
      queueMicrotask(() => heard.push(seen()));
    });
    heard.push(seen());
    await run;
    heard.push(seen());
    expect(heard).to.deep.equal([undefined, undefined, 'task', undefined]);
  });

  it('is that of each task where a loop runs inside a step of another', () => {
    const outer = contextLoop().loop;
    const inner = contextLoop().loop;
    const result = outer.runSync(function* () {
      storage.enterWith('outer');
      const inside = inner.runSync(function* () {
        yield* ensure(function* () {
          storage.enterWith('clean-up');
        });
        const inherited = seen();
        storage.enterWith('inner');
        yield* sleep(1);
        return [inherited, seen()];
      });
      return [...inside, seen()];
    });
    expect(result).to.deep.equal(['outer', 'inner', 'outer']);
  });

  it('lets errors pass: the stack shows the coroutines, not what surrounds a step', () => {
    const { loop } = contextLoop();
    let failure: Error | undefined;
    function* failing(): Coroutine<never, Pause> {
      yield* pause();
      failure = new Error('as it was');
      throw failure;
    }
    expect(() => loop.runSync(failing))
      .to.throw('as it was')
      .and.satisfy((error: Error) => error === failure);
    expect(failure!.stack).to.match(/at failing .*\(coroutine\)/);
    expect(failure!.stack).not.to.match(/AsyncContext|runInAsyncScope|TaskContext|runAndCapture/);
  });

  it('leaves no frames of what surrounds a step, wherever the host cuts the stack', () => {
    const { stackTraceLimit } = Error;
    try {
      for (let limit = 2; limit < 24; limit++) {
        Error.stackTraceLimit = limit;
        const { loop } = contextLoop();
        let failure: Error | undefined;
        function* failing(): Coroutine<never, Pause> {
          yield* pause();
          failure = new Error('as it was');
          throw failure;
        }
        expect(() => loop.runSync(failing)).to.throw('as it was');
        expect(failure!.stack, `${limit} frames`).not.to.match(
          /AsyncContext|runInAsyncScope|TaskContext|runAndCapture/,
        );
      }
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });

  it('is freed when the task has ended, although the task is kept', async function () {
    needsGc(this);
    const kept = new WeakRef({});
    const stores = new AsyncLocalStorage<object>();
    const { loop } = contextLoop();
    const task = stores.run(kept.deref()!, () => loop.spawn(pause()));
    await task;
    for (let n = 0; n < 5 && kept.deref() !== undefined; n++) {
      await new Promise(resolve => setTimeout(resolve, 1));
      globalThis.gc!();
    }
    expect(kept.deref()).to.equal(undefined);
    expect(task.isEnded).to.equal(true);
  });

  it('is a resource of Node, by which tools find it', () => {
    const { loop } = contextLoop();
    expect(
      loop.runSync(function* () {
        return executionAsyncResource();
      }),
    ).to.be.instanceOf(AsyncResource);
  });
});

instrumentLaws({ describe, it }, { instrument: () => new AsyncContext() });

describe('withStore', () => {
  it('runs a body with another store, which its tasks inherit, and gives the store before back', () => {
    const { loop } = contextLoop();
    const result = storage.run('host', () =>
      loop.runSync(function* () {
        const inside = yield* withStore(storage, 'request', function* () {
          const first = seen();
          const child = yield* spawn(function* () {
            yield* sleep(2);
            return seen();
          });
          yield* sleep(1);
          storage.enterWith('stays inside');
          return [first, yield* child, seen()];
        });
        return [...inside, seen()];
      }),
    );
    expect(result).to.deep.equal(['request', 'request', 'stays inside', 'host']);
  });

  it('gives it back when the body fails or is cancelled', () => {
    const { loop } = contextLoop();
    const log: (string | undefined)[] = [];
    loop.runSync(function* () {
      storage.enterWith('before');
      try {
        yield* withStore(storage, 'fails', function* () {
          yield* sleep(1);
          throw new Error('expected');
        });
      } catch {
        log.push(seen());
      }
      const task = yield* spawn(function* () {
        try {
          yield* withStore(storage, 'cancelled', sleep(100));
        } finally {
          log.push(seen());
          yield* withStore(
            storage,
            'in a clean-up',
            shield(function* () {
              yield* sleep(1);
              log.push(seen());
            }),
          );
        }
      });
      yield* sleep(1);
      task.cancel();
    });
    expect(log).to.deep.equal(['before', 'before', 'in a clean-up']);
  });

  it('needs a loop that gives its tasks a context: the compiler says so, and an error', () => {
    const strategy = new JumpStrategy();
    const without = createLoop(setTimeoutModule, sleepModule);
    // @ts-expect-error: no handler for EnterContext
    expect(() => void without.run(withStore(storage, 'x', sleep(1))).catch(() => {})).not.to.throw();
    const context = new AsyncContext();
    const { loop } = virtualLoop({ handlers: [context, new SleepHandler(strategy.clock)].slice(0, 1) });
    expect(() => loop.runSync(withStore(storage, 'x', pause())))
      .to.throw(NoAsyncContextError, 'task "main" used inContext or withStore')
      .with.property('code', 'ESC_NO_ASYNC_CONTEXT');
  });
});

/** What OpenTelemetry's context manager is: a storage that only it can reach. */
class ContextManager {
  readonly #storage = new AsyncLocalStorage<readonly string[]>();
  readonly ended: string[] = [];

  active(): readonly string[] {
    return this.#storage.getStore() ?? [];
  }

  with(context: readonly string[], run: () => void): void {
    this.#storage.run(context, run);
  }

  /** The coroutine counterpart of `startActiveSpan`. */
  *span<T, E extends LoopEvent>(name: string, body: Program<T, E>): Coroutine<T, E | EnterContext> {
    const context = [...this.active(), name];
    try {
      return yield* inContext(capture => this.with(context, capture), body);
    } finally {
      this.ended.push(context.join('/'));
    }
  }
}

describe('inContext', () => {
  it('enters a context that only a callback can enter, as that of a tracer', () => {
    const tracer = new ContextManager();
    const { loop } = contextLoop();
    const serve = (request: string) =>
      tracer.span(request, function* () {
        yield* spawn(tracer.span('query 1', pause()));
        yield* tracer.span('query 2', pause());
      });
    loop.runSync(function* () {
      yield* all([serve('a'), serve('b')]);
    });
    expect([...tracer.ended].sort()).to.deep.equal(['a', 'a/query 1', 'a/query 2', 'b', 'b/query 1', 'b/query 2']);
    expect(tracer.active()).to.deep.equal([]);
  });

  it('refuses what is no storage', () => {
    const { loop } = contextLoop();
    expect(() => loop.runSync(withStore({} as AsyncLocalStorage<string>, 'x', pause())))
      .to.throw('withStore got an object of class Object, expected an AsyncLocalStorage')
      .with.property('code', 'ESC_INVALID_ARGUMENT');
  });

  it('refuses a function that does not call what it gets', () => {
    const { loop } = contextLoop();
    expect(() => loop.runSync(inContext(() => {}, pause()))).to.throw(NoAsyncContextError, 'did not call the function');
  });
});
