import { spawnSync } from 'node:child_process';
import { Lock, Semaphore, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  Clock,
  type Coroutine,
  type CurrentTask,
  EscapementError,
  EventLoop,
  ensure,
  FifoPolicy,
  type Instant,
  type Instrument,
  type LoopEvent,
  pause,
  type Scope,
  SleepHandler,
  SleepStrategy,
  scope,
  shield,
  sleep,
  spawn,
  type Task,
  timeout,
  type Waiter,
  type Waits,
} from 'escapement';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { virtualLoop } from '../support/virtual-loop.js';

// Whatever throws inside a run, the run ends with an error of ours, all its tasks end, and the next run works.

/** Throws at the `n`-th call of one method, or from then on. */
class Saboteur {
  readonly calls = new Map<string, number>();
  isActive = true;

  constructor(
    readonly method = '',
    readonly n = 0,
    readonly isLasting = false,
  ) {}

  /** @returns true if the call must fail */
  isDue(method: string): boolean {
    const call = (this.calls.get(method) ?? 0) + 1;
    this.calls.set(method, call);
    return this.isActive && method === this.method && (this.isLasting ? call >= this.n : call === this.n);
  }

  /** `plugin`, all of whose methods may fail. */
  sabotage<T extends object>(name: string, plugin: T): T {
    for (let type = plugin; type !== Object.prototype; type = Object.getPrototypeOf(type)) {
      for (const key of Object.getOwnPropertyNames(type)) {
        const method = (plugin as Record<string, unknown>)[key];
        if (typeof method !== 'function' || key === 'constructor' || key === 'handles' || Object.hasOwn(plugin, key))
          continue;
        const sabotaged = (...args: unknown[]) => {
          if (this.isDue(`${name}.${key}`)) throw new Error(`${name}.${key} was sabotaged`);
          return method.apply(plugin, args);
        };
        Object.defineProperty(plugin, key, { value: sabotaged });
      }
    }
    return plugin;
  }
}

class TestClock extends Clock {
  time: Instant = 0;
  override now(): Instant {
    return this.time;
  }
}

class TestStrategy extends SleepStrategy {
  override readonly alias = 'test';
  override readonly clock = new TestClock();
  constructor(override readonly waits: Waits) {
    super();
  }
  override sleep(until: Instant): void | Promise<void> {
    if (until === Infinity) throw new Error('asked to sleep for ever');
    this.clock.time = Math.max(this.clock.time, until);
    return this.waits === 'yields' ? Promise.resolve() : undefined;
  }
  override close(): void {}
}

class NoisySleepHandler extends SleepHandler {
  override interrupt(event: never, waiter: Waiter<void>): boolean {
    return super.interrupt(event, waiter);
  }
  override inFlight(): number {
    return 0;
  }
  override beforeSleep(): void {}
}

class TestSignal extends EventTarget {
  readonly aborted = false;
}

class AllHooks implements Required<Omit<Instrument, 'note' | 'metrics' | 'warningIssued' | 'warned'>> {
  runStarted(): void {}
  runEnded(): void {}
  crashed(): void {}
  taskSpawned(): void {}
  taskReady(): void {}
  stepStarted(): void {}
  aroundStep(_task: Task, step: () => void): void {
    step();
  }
  stepEnded(): void {}
  suspended(): void {}
  taskEnded(): void {}
  sleepStarted(): void {}
  sleepEnded(): void {}
}

class Trial {
  readonly tasks: Task[] = [];
  readonly policy = new FifoPolicy();
  readonly next = this.policy.next.bind(this.policy);
  readonly strategy: TestStrategy;
  readonly loop: EventLoop<LoopEvent>;
  readonly lock = new Lock('lock');
  readonly permits = new Semaphore(2);
  readonly awaited: Promise<unknown>[] = [];
  begun = 0;
  cleaned = 0;

  constructor(
    readonly saboteur: Saboteur,
    waits: Waits,
  ) {
    this.strategy = new TestStrategy(waits);
    saboteur.sabotage('clock', this.strategy.clock);
    const handlers = [
      saboteur.sabotage('handler', new NoisySleepHandler(this.strategy.clock)),
      saboteur.sabotage('sync', new SyncHandler()),
    ];
    const silent = { taskSpawned: (task: Task) => this.tasks.push(task), warned: () => {} };
    this.loop = new EventLoop({
      strategy: saboteur.sabotage('strategy', this.strategy),
      handlers,
      policy: saboteur.sabotage('policy', this.policy),
      instruments: [silent, saboteur.sabotage('instrument', new AllHooks())],
    }) as EventLoop<LoopEvent>;
  }

  /** Several tasks that hold, wait, join and clean up in every way. */
  *program() {
    const worker = (duration: number) => this.worker(duration);
    yield* spawn(() => this.guarded(() => sleep(Infinity)), { daemon: true });
    const workers: Task<number>[] = [];
    for (let n = 1; n < 4; n++) workers.push(yield* spawn(() => worker(n), { name: `worker ${n}` }));
    if (this.strategy.waits === 'yields') this.awaitInHost(worker);
    for (let n = 0; n < 3; n++) yield* pause();
    yield* scope(() => worker(2));
    yield* this.guarded(() => timeout(5, workers[0]!));
    for (const one of workers) yield* one.join();
    return 'done';
  }

  awaitInHost(worker: (duration: number) => Generator<LoopEvent, number>): void {
    const task = this.loop.spawn(() => worker(1));
    this.awaited.push(
      task.then(
        () => {},
        () => {},
      ),
    );
  }

  *worker(duration: number) {
    yield* ensure(() => this.cleanUp());
    this.begun++;
    yield* this.guarded(() => this.lock.with(() => this.permits.with(sleep(duration))));
    return duration;
  }

  *guarded<T>(body: () => Iterable<LoopEvent> & { [Symbol.iterator](): Iterator<LoopEvent, T> }) {
    this.begun++;
    try {
      return yield* body();
    } finally {
      this.cleaned++;
      yield* shield(sleep(0.5));
    }
  }

  *cleanUp() {
    this.cleaned++;
    yield* sleep(0.25);
  }
}

function singleErrors(error: unknown): unknown[] {
  return error instanceof AggregateError ? error.errors.flatMap(singleErrors) : [error];
}

function check(what: string, trial: Trial, error: unknown): void {
  for (const one of error === undefined ? [] : singleErrors(error)) {
    const isOurs = one instanceof EscapementError && one.code !== 'ESC_CANCELLED';
    expect(isOurs, `${what}: ${(one as Error).stack}`).to.equal(true);
  }
  const left = trial.tasks.filter(task => !task.isEnded).map(task => `${task.name} is ${task.state}`);
  expect(left, what).to.deep.equal([]);
  expect(trial.cleaned, `${what}: clean-ups`).to.equal(trial.begun);
  // Nobody can take anything from a policy whose `next` always throws: the next run does that.
  if (!what.startsWith('policy.next')) expect(trial.next(), `${what}: left in the policy`).to.equal(undefined);
  expect(trial.loop.dump(), what).to.equal('the loop is not running');
}

/** A second run on the same loop, with nothing sabotaged: as if the first had not been. */
function* nextProgram(trial: Trial) {
  const child = yield* spawn(sleep(3));
  yield* trial.lock.with(function* () {
    for (let n = 0; n < 2; n++) yield* trial.permits.acquire();
    yield* sleep(1);
    for (let n = 0; n < 2; n++) trial.permits.release();
  });
  yield* child.join();
  return trial.strategy.clock.time;
}

async function play(waits: Waits, saboteur: Saboteur): Promise<unknown> {
  const trial = new Trial(saboteur, waits);
  const what = `${saboteur.method}, call ${saboteur.n}${saboteur.isLasting ? ' and later' : ''}, ${waits}`;
  let error: unknown;
  try {
    const signal = saboteur.sabotage('signal', new TestSignal());
    const value = await (waits === 'yields'
      ? trial.loop.run(() => trial.program(), { signal })
      : trial.loop.runSync(() => trial.program()));
    expect(value, what).to.equal('done');
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'AssertionError') throw thrown;
    error = thrown;
  }
  saboteur.isActive = false;
  await Promise.all(trial.awaited);
  check(what, trial, error);
  const before = trial.strategy.clock.time;
  const after = await (waits === 'yields'
    ? trial.loop.run(nextProgram(trial))
    : trial.loop.runSync(nextProgram(trial)));
  expect(after - before, `${what}: the next run`).to.equal(3);
  check(`next run after ${what}`, trial, undefined);
  return error;
}

describe('a run whose plugin or signal throws, at any call of any method', () => {
  it('ends all its tasks, frees its locks, and leaves nothing for the next run', async function () {
    this.timeout(60_000);
    const expected = 'clock.now handler.poll handler.nextDeadline policy.add policy.next strategy.sleep'.split(' ');
    for (const waits of ['yields', 'blocks'] as const) {
      const peaceful = new Saboteur();
      expect(await play(waits, peaceful)).to.equal(undefined);
      const failures = new Set<string>();
      for (const [method, calls] of peaceful.calls) {
        for (let n = 1; n <= Math.min(calls, 60); n++) {
          for (const isLasting of [false, true]) {
            const error = await play(waits, new Saboteur(method, n, isLasting));
            if (error !== undefined) failures.add(method);
          }
        }
      }
      expect([...failures]).to.include.members(expected);
    }
  });
});

async function failureOf(work: () => unknown): Promise<EscapementError> {
  try {
    await work();
  } catch (error) {
    expect(error, String((error as Error)?.stack)).to.be.instanceOf(EscapementError);
    return error as EscapementError;
  }
  return expect.fail('nothing was thrown');
}

function yieldingLoop(sleepOnce: (strategy: TestStrategy, until: Instant) => unknown) {
  const strategy = new TestStrategy('yields');
  const jump = strategy.sleep.bind(strategy);
  strategy.sleep = until => {
    strategy.sleep = jump;
    return sleepOnce(strategy, until) as Promise<void>;
  };
  return new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
}

const hostile = {
  // biome-ignore lint/suspicious/noThenProperty: that is the point
  get then(): never {
    throw new Error('do not look');
  },
};

describe('a run', () => {
  const signals: Record<string, unknown> = {
    null: null,
    'a number': 5,
    'a controller': new AbortController(),
    'an object whose addEventListener throws': {
      aborted: false,
      addEventListener: () => expect.fail('hostile'),
      removeEventListener: () => expect.fail('hostile'),
    },
    'an object whose aborted throws': Object.create(null, { aborted: { get: () => expect.fail('hostile') } }),
  };
  for (const [what, signal] of Object.entries(signals)) {
    it(`whose signal is ${what} does not start, and the next one runs`, async () => {
      const { loop } = virtualLoop();
      const error = await failureOf(() => loop.run(pause(), { signal: signal as AbortSignal }));
      expect(error.code).to.equal('ESC_INVALID_SIGNAL');
      expect(error.message).to.match(/^run got .* for its signal, expected an AbortSignal/);
      if (what === 'a controller') expect(error.message).to.include('Pass controller.signal');
      expect(await loop.run(sleep(1))).to.equal(undefined);
    });
  }

  it('whose options are no object does not start', async () => {
    for (const options of [null, 5, 'signal']) {
      const error = await failureOf(() => virtualLoop().loop.run(pause(), options as never));
      expect(error.code).to.equal('ESC_INVALID_OPTIONS');
    }
  });

  it('whose signal cannot be removed, or has a reason that throws, has its own outcome', async () => {
    const listeners: (() => void)[] = [];
    const signal = {
      aborted: false,
      get reason(): never {
        throw new Error('do not look');
      },
      addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
      removeEventListener: () => expect.fail('hostile'),
    };
    expect(await virtualLoop().loop.run(sleep(1), { signal })).to.equal(undefined);
    const error = await failureOf(() =>
      virtualLoop().loop.run(
        function* () {
          listeners[1]!();
          yield* sleep(1);
        },
        { signal },
      ),
    );
    expect(error.code).to.equal('ESC_CANCELLED');
  });

  const returned: Record<string, () => unknown> = {
    null: () => null,
    'a number': () => 5,
    'an object that throws when it is looked at': () => hostile,
    'a thenable whose then throws': () => ({
      // biome-ignore lint/suspicious/noThenProperty: that is the point
      then() {
        throw new Error('no');
      },
    }),
    'a promise whose then throws': () =>
      Object.assign(Promise.reject(new Error('no')), {
        // biome-ignore lint/suspicious/noThenProperty: that is the point
        then() {
          throw new Error('no');
        },
      }),
  };
  for (const [what, sleepOnce] of Object.entries(returned)) {
    it(`whose strategy yields and returns ${what} fails by the strategy's name, and the next one runs`, async () => {
      const loop = yieldingLoop(sleepOnce);
      let cleaned = 0;
      const error = await failureOf(() =>
        loop.run(function* () {
          try {
            yield* sleep(1);
          } finally {
            yield* shield(sleep(1));
            cleaned++;
          }
        }),
      );
      expect(error.code).to.equal('ESC_STRATEGY_FAILED');
      expect(error.message).to.include("'test'");
      expect(cleaned).to.equal(1);
      expect(await loop.run(sleep(1))).to.equal(undefined);
    });
  }

  it('whose strategy returns a thenable that calls back twice goes on', async () => {
    const loop = yieldingLoop((strategy, until) => {
      strategy.clock.time = until;
      return {
        // biome-ignore lint/suspicious/noThenProperty: that is the point
        then(resolve: () => void) {
          resolve();
          resolve();
        },
      };
    });
    await loop.run(sleep(1));
    await loop.run(sleep(1));
  });

  for (const instant of [5n, NaN, Infinity, '5', undefined, null, {}]) {
    it(`whose clock returns ${typeof instant} ${String(instant)} fails instead of spinning, at the start and later`, async () => {
      for (const afterwards of [0, 1, 2, 3]) {
        const strategy = new TestStrategy('spins');
        const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
        let calls = 0;
        strategy.clock.now = () => (calls++ >= afterwards ? (instant as number) : strategy.clock.time);
        let isCleaned = afterwards === 0;
        let error: unknown;
        try {
          loop.runSync(function* () {
            try {
              yield* sleep(100);
            } finally {
              isCleaned = true;
            }
          });
        } catch (thrown) {
          error = thrown;
        }
        expect((error as Error).message).to.include('expected a finite number of milliseconds');
        for (const one of singleErrors(error)) expect(one).to.be.instanceOf(EscapementError);
        expect(isCleaned).to.equal(true);
        strategy.clock.now = () => strategy.clock.time;
        loop.runSync(sleep(1));
      }
    });
  }

  it('whose program function uses the loop is refused there by name, and the next one runs', async () => {
    const { loop } = virtualLoop();
    for (const use of [() => loop.spawn(pause()), () => loop.runSync(pause())]) {
      const error = await failureOf(() =>
        loop.run(() => {
          use();
          return sleep(1);
        }),
      );
      expect(error.code).to.equal('ESC_LOOP_RUNNING');
      expect(error.message).to.include('its root task does not exist yet');
      expect(await loop.run(sleep(1))).to.equal(undefined);
    }
  });

  it('whose program function throws leaves nothing behind', async () => {
    const { loop } = virtualLoop();
    for (let n = 0; n < 2; n++)
      expect(() => loop.runSync(() => expect.fail('in the function'))).to.throw('in the function');
    loop.runSync(sleep(1));
  });

  it('refuses a task that a plugin spawns while the run closes, and the next one runs', () => {
    class Late extends SignalHandler {
      override close(): void {
        loop.spawn(pause());
      }
    }
    const handler = new Late();
    const { loop } = virtualLoop({ handlers: [handler] });
    expect(() => loop.runSync(pause())).to.throw('Late.close threw: spawn of a loop that is running already');
    handler.close = () => {};
    loop.runSync(sleep(1));
  });

  it('whose body is an odd iterator fails in its task', () => {
    const odd = (iterator: object) => ({ [Symbol.iterator]: () => iterator as Iterator<never, unknown> });
    const step = { done: false, value: undefined };
    const bodies = {
      'returns null': { next: () => null },
      'returns a number': { next: () => 5 },
      'throws in done': { next: () => hostile2 },
      'throws on throw': { next: () => step, throw: () => expect.fail('odd') },
      'returns null on throw': { next: () => step, throw: () => null },
      'is no iterator': null as never,
    };
    const hostile2 = Object.defineProperty({}, 'done', { get: () => expect.fail('hostile') });
    const { loop } = virtualLoop();
    for (const [what, body] of Object.entries(bodies)) {
      const caught = loop.runSync(function* () {
        try {
          yield* scope(odd(body));
        } catch (error) {
          return error;
        }
        return 'nothing';
      });
      expect(caught, what).to.be.instanceOf(Error);
      loop.runSync(sleep(1));
    }
  });

  it('works where `Error` is frozen', () => {
    const program = `
      import { EventLoop, spawn } from '@escapement/core';
      import { SleepHandler, sleep } from '@escapement/sleep';
      import { AtomicsWaitStrategy, PerformanceClock } from '@escapement/strategies';
      const strategy = new AtomicsWaitStrategy(new PerformanceClock());
      const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
      const log = [];
      for (let n = 0; n < 2; n++) {
        loop.runSync(function* () {
          const task = yield* spawn(function* () { try { yield* sleep(1000); } finally { log.push('cleaned'); } });
          yield* sleep(1);
          task.cancel();
        });
        try { loop.runSync(function* () { yield* sleep(1); throw new Error('own'); }); } catch (e) { log.push(e.message); }
      }
      console.log(log.join());`;
    const node = spawnSync(process.execPath, ['--frozen-intrinsics', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(node.stdout.trim(), node.stderr).to.equal('cleaned,own,cleaned,own');
  });
});

describe('a task of a run that broke', () => {
  it('has ended: who awaits it learns that, and to cancel it changes nothing', async () => {
    const handler = new SignalHandler();
    handler.interrupt = () => false;
    const policy = new FifoPolicy();
    const { loop } = virtualLoop({ handlers: [handler], policy });
    const log: unknown[] = [];
    const root = loop.spawn(function* main() {
      try {
        yield* new Signal();
      } finally {
        log.push('cleaned');
      }
    });
    const error = await failureOf(() => root);
    expect(error.code).to.equal('ESC_DEADLOCK');
    expect(root.state).to.equal('cancelled');
    root.cancel();
    root.defer(() => log.push('deferred'));
    for (const waiter of handler.waiting.values()) waiter.resolve(undefined);
    expect(policy.next()).to.equal(undefined);
    loop.runSync(sleep(1));
    expect(log).to.deep.equal(['cleaned']);
  });

  it('keeps the errors of what was stuck in it, each once', () => {
    const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
    let error: unknown;
    try {
      loop.runSync(function* () {
        yield* ensure(function* (): Coroutine<void, CurrentTask | Scope | Signal> {
          yield* ensure(() => {
            throw new Error('inner');
          });
          yield* shield(new Signal());
        });
        throw new Error('outer');
      });
    } catch (thrown) {
      error = thrown;
    }
    const messages = singleErrors(error).map(one => (one as Error).message.split(':')[0]);
    expect(messages).to.deep.equal(['nothing can ever happen', 'outer', 'inner']);
  });

  it('that failed before a deadlock: the run throws both errors', () => {
    const { loop } = virtualLoop({ handlers: [new SignalHandler()] });
    let error: unknown;
    try {
      loop.runSync(function* main() {
        yield* spawn(function* failing(): Generator<never, void> {
          throw new Error('the cause');
        });
        yield* shield(new Signal());
      });
    } catch (thrown) {
      error = thrown;
    }
    const [deadlock, cause, ...others] = singleErrors(error) as Error[];
    expect(deadlock).to.have.property('code', 'ESC_DEADLOCK');
    expect(cause).to.have.property('message', 'the cause');
    expect(others).to.deep.equal([]);
    expect((error as Error).message).to.include('the cause');
  });
});
