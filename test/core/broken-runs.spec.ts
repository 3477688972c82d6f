import { Lock, Semaphore, SyncHandler } from '@escapement/sync';
import { expect } from 'chai';
import {
  Clock,
  EscapementError,
  EventLoop,
  ensure,
  FifoPolicy,
  type Instant,
  type Instrument,
  type LoopEvent,
  pause,
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
        if (typeof method !== 'function' || key === 'constructor' || key === 'handles' || Object.hasOwn(plugin, key)) continue;
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

class AllHooks implements Required<Omit<Instrument, 'warned'>> {
  runStarted(): void {}
  runEnded(): void {}
  crashed(): void {}
  taskSpawned(): void {}
  taskReady(): void {}
  stepStarted(): void {}
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
  const after = await (waits === 'yields' ? trial.loop.run(nextProgram(trial)) : trial.loop.runSync(nextProgram(trial)));
  expect(after - before, `${what}: the next run`).to.equal(3);
  check(`next run after ${what}`, trial, undefined);
  return error;
}

describe('a run whose plugin or signal throws, at any call of any method', () => {
  for (const waits of ['yields', 'blocks'] as const) {
    it(`ends all its tasks and leaves nothing for the next run: a strategy that ${waits}`, async function () {
      this.timeout(60_000);
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
      const expected = ['clock.now', 'handler.poll', 'handler.nextDeadline', 'policy.add', 'policy.next', 'strategy.sleep'];
      expect([...failures]).to.include.members(expected);
    });
  }
});
