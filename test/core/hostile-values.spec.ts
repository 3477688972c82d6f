import * as promises from '@escapement/promises';
import * as sync from '@escapement/sync';
import { expect } from 'chai';
import * as e from 'escapement';
import { Bite, HOSTILE } from '../support/hostile-values.js';
import { Signal, SignalHandler } from '../support/signal-event.js';
import { JumpStrategy, VirtualClock } from '../support/virtual-loop.js';

// biome-ignore lint/suspicious/noExplicitAny: what is given is wrong on purpose
type Anything = any;

/** Longer messages drown what they say. */
const LONGEST = 2000;

function loopFor(options: object = {}): Anything {
  const strategy = new JumpStrategy();
  const handlers = [new e.SleepHandler(strategy.clock), new sync.SyncHandler(), new SignalHandler()];
  return new e.EventLoop({ strategy, handlers, instruments: [{ warned() {} }], ...options } as Anything);
}

const done = (value?: unknown) =>
  function* (): e.Coroutine<unknown> {
    return value;
  };
const key = new e.ContextKey<unknown>('key', 0);

/** Each public function with arguments that are right; one after the other is replaced. */
const FUNCTIONS: Readonly<
  Record<string, readonly [call: (...args: Anything[]) => unknown, ...right: (() => unknown)[]]>
> = {
  all: [e.all, () => [done()]],
  'all of one': [body => e.all([body]), () => done()],
  allSettled: [e.allSettled, () => [done()]],
  'allSettled of one': [body => e.allSettled({ body }), () => done()],
  race: [e.race, () => [done()]],
  'race of one': [body => e.race([body]), () => done()],
  any: [e.any, () => [done()]],
  'any of one': [body => e.any([body]), () => done()],
  map: [e.map, () => [1], () => done(), () => ({ concurrency: 1 })],
  'map with concurrency': [concurrency => e.map([1], () => done(), { concurrency }), () => 1],
  'map returning': [made => e.map([1], () => made), () => done()],
  forEach: [e.forEach, () => [1], () => done(), () => ({ concurrency: 1 })],
  call: [e.call, () => done(), () => 1],
  ensure: [e.ensure, () => done()],
  onCancel: [e.onCancel, () => () => {}],
  getContext: [e.getContext, () => key],
  withContext: [e.withContext, () => key, () => 1, () => done()],
  ContextKey: [name => e.getContext(new e.ContextKey(name)), () => 'name'],
  spawn: [e.spawn, () => done(), () => ({})],
  'spawn with a name': [name => e.spawn(done(), { name }), () => 'name'],
  'spawn with a priority': [priority => e.spawn(done(), { priority }), () => 1],
  scope: [e.scope, () => done()],
  shield: [e.shield, () => done()],
  supervise: [e.supervise, () => done(), () => ({})],
  'supervise with a listener': [ended => e.supervise(() => e.spawn(done()), { ended }), () => () => {}],
  warn: [e.warn, () => 'CODE', () => 'message'],
  watch: [e.watch, () => new Signal(), () => ({ resolved() {}, rejected() {} })],
  coroutine: [fn => e.coroutine(fn)(), () => done()],
  bodyOf: [e.bodyOf, () => 'caller', () => done()],
  'the name of a task in an error': [name => e.spawn(e.getContext(new e.ContextKey('k')), { name }), () => 'name'],
  sleep: [e.sleep, () => 1],
  sleepUntil: [e.sleepUntil, () => 1],
  timeout: [e.timeout, () => 1, () => done()],
  deadline: [e.deadline, () => 1, () => done()],
  retry: [e.retry, () => () => done(), () => ({})],
  'retry with attempts': [attempts => e.retry(() => done(), { attempts }), () => 1],
  'retry with a backoff': [backoff => e.retry(failing(new Bite('again')), { backoff }), () => () => 0],
  'retry with a backoff of': [pause => e.retry(failing(new Bite('again')), { backoff: () => pause }), () => 0],
  'retry when': [when => e.retry(failing(new Bite('again')), { when }), () => () => false],
  exponential: [
    (...args) => e.retry(() => done(), { backoff: (e.exponential as Anything)(...args) }),
    () => 1,
    () => 2,
    () => 0,
  ],
  every: [e.every, () => 1],
  Lock: [name => new sync.Lock(name).acquire(), () => 'name'],
  'a lock in an error': [name => releasing(new sync.Lock(name)), () => 'name'],
  'lock.with': [body => new sync.Lock().with(body), () => done()],
  Semaphore: [(n, options) => new sync.Semaphore(n, options).acquire(), () => 1, () => ({})],
  'a semaphore in an error': [name => releasing(new sync.Semaphore(1, { max: 1, name })), () => 'name'],
  'max of a semaphore': [max => new sync.Semaphore(1, { max }).acquire(), () => 1],
  'semaphore.with': [body => new sync.Semaphore(1).with(body), () => done()],
  Queue: [options => new sync.Queue(options).put(1), () => ({})],
  'a queue in an error': [name => closed(new sync.Queue({ name })).get(), () => 'name'],
  'capacity of a queue': [capacity => new sync.Queue({ capacity }).put(1), () => 1],
  'queue.put': [item => new sync.Queue().put(item), () => 1],
  'queue.forEach': [work => filled(new sync.Queue<unknown>()).forEach(work), () => done()],
  Channel: [options => new sync.Channel(options).next(), () => ({})],
  Condition: [lock => new sync.Condition(lock).notify(), () => new sync.Lock()],
  'condition.notify': [count => notifying(count), () => 1],
  Barrier: [parties => new sync.Barrier(parties).wait(), () => 1],
  Signal: [name => new sync.Signal(name).wait(), () => 'name'],
  resolved: [promises.resolved, () => Promise.resolve(), () => ({})],
  abortable: [promises.abortable, () => () => Promise.resolve(), () => ({})],
  itemsOf: [promises.itemsOf, () => [1], () => ({})],
  eventsOf: [promises.eventsOf, () => new EventTarget(), () => 'type', () => ({})],
  sinkOf: [promises.sinkOf, () => new WritableStream()],
  produce: [promises.produce, () => () => done(), () => ({})],
  manage: [promises.manage, () => null],
  mapAsync: [promises.mapAsync, () => [1], () => done(), () => ({})],
  forEachAsync: [promises.forEachAsync, () => [1], () => done(), () => ({})],
};

const failing = (error: unknown) =>
  function* (): e.Coroutine<never> {
    throw error;
  };

function* releasing(held: { release(): void }): e.Coroutine<void> {
  held.release();
}

function closed<T>(queue: sync.Queue<T>): sync.Queue<T> {
  queue.close();
  return queue;
}

function filled(queue: sync.Queue<unknown>): sync.Queue<unknown> {
  queue.tryPut(1);
  return closed(queue);
}

function* notifying(count: number): e.Coroutine<void> {
  new sync.Condition(new sync.Lock()).notify(count);
}

/** What is called by host code. */
const HOST_FUNCTIONS: typeof FUNCTIONS = {
  run: [program => loopFor().runSync(program), () => done()],
  'loop.spawn': [(program, options) => loopFor().spawn(program, options), () => done(), () => ({})],
  EventLoop: [options => new e.EventLoop(options), () => ({ strategy: new JumpStrategy() })],
  'a strategy': [strategy => loopFor({ strategy }), () => new JumpStrategy()],
  'a policy': [policy => loopFor({ policy }), () => new e.FifoPolicy()],
  handlers: [handlers => loopFor({ handlers }), () => []],
  'a handler': [handler => loopFor({ handlers: [handler] }), () => new SignalHandler()],
  'an instrument': [instrument => loopFor({ instruments: [instrument] }), () => ({})],
  checkMaker: [e.checkMaker, () => 'caller', () => done()],
  checkProgram: [e.checkProgram, () => 'caller', () => done()],
  describe: [e.describe, () => 1],
  createLoop: [module => e.createLoop(e.busyWaitModule, module), () => e.sleepModule],
  handlerModule: [
    provider => e.createLoop(e.busyWaitModule, (e.handlerModule as Anything)(provider)),
    () => SignalHandler,
  ],
  'handlerModule with tokens': [
    (tokens, make) => (e.handlerModule as Anything)(tokens, make),
    () => [],
    () => () => new SignalHandler(),
  ],
  'handlerModule making': [
    made =>
      e.createLoop(
        e.busyWaitModule,
        (e.handlerModule as Anything)(() => made),
      ),
    () => new SignalHandler(),
  ],
  strategyModule: [provider => e.createLoop((e.strategyModule as Anything)(provider)), () => () => new JumpStrategy()],
  policyModule: [provider => e.createLoop(e.busyWaitModule, e.policyModule(provider)), () => e.FifoPolicy],
  debugModule: [options => e.createLoop(e.busyWaitModule, e.debugModule(options)), () => ({})],
  VirtualClock: [time => Object.assign(new VirtualClock(), { time }), () => 1],
};

interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly isError: boolean;
}

function outcomeOf(action: () => unknown): Outcome {
  try {
    return { value: action(), isError: false };
  } catch (error) {
    return { error, isError: true };
  }
}

/** Our errors, and those that the hostile values themselves throw, may come out; a TypeError of ours is a fault. */
function expectGoodError(error: unknown, own: unknown): void {
  if (Object.is(error, own) || error instanceof Bite) return;
  // What calling the value itself throws.
  if (typeof own === 'function' && /^Class constructor/.test((error as Error).message)) return;
  expect(isOurs(error), `no error of ours: ${e.describe(error)} ${stackOf(error)}`).to.equal(true);
  const { message } = error as Error;
  expect(message.length, message.slice(0, 300)).to.be.at.most(LONGEST);
  if (error instanceof AggregateError) for (const one of error.errors) expectGoodError(one, own);
}

function isOurs(error: unknown): boolean {
  return error instanceof e.EscapementError || error instanceof AggregateError;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack).slice(0, 1500) : '';
}

/** Runs `action`, and checks what must hold whatever it does. That it ends in time is checked by the test's own limit. */
function unharmed<T>(action: () => T): T {
  const { stackTraceLimit } = Error;
  const result = action();
  expect(Error.stackTraceLimit).to.equal(stackTraceLimit);
  return result;
}

function expectWorks(loop: Anything): void {
  expect(loop.runSync(e.scope(done(7)))).to.equal(7);
}

/** Runs what `make` makes, and cancels what waits for ever. */
function runOne(make: () => unknown, debug: boolean): Outcome {
  const loop = loopFor({ debug });
  const outcome = outcomeOf(() =>
    loop.runSync(function* main(): e.Coroutine<unknown, e.LoopEvent> {
      return yield* e.scope(function* () {
        return yield* (yield* e.spawn(make as Anything, { name: 'hostile' })).join();
      } as Anything);
    }),
  );
  expectWorks(loop);
  return outcome;
}

function kindOf({ isError, error, value }: Outcome): string {
  if (!isError) return `value ${typeof value}`;
  // With debug, a deadlock says since when each task waits.
  return isOurs(error)
    ? `${(error as Error).name}: ${(error as Error).message.split('\n')[0]}`
    : `another ${typeof error}`;
}

describe('a hostile value', () => {
  for (const [name, [call, ...right]] of Object.entries(FUNCTIONS)) {
    for (const place of right.keys()) {
      it(`as argument ${place + 1} of ${name} gives a value or an error of ours, with and without debug`, () => {
        for (const [what, make] of Object.entries(HOSTILE)) {
          const outcomes = [false, true].map(debug => {
            const own = make();
            const outcome = unharmed(() =>
              runOne(() => (call as Anything)(...right.map((value, at) => (at === place ? own : value()))), debug),
            );
            try {
              if (outcome.isError) expectGoodError(outcome.error, own);
            } catch (fault) {
              throw new Error(`${what}: ${(fault as Error).message}`);
            }
            return outcome;
          });
          expect(kindOf(outcomes[1]!), what).to.equal(kindOf(outcomes[0]!));
        }
      });
    }
  }

  for (const [name, [call, ...right]] of Object.entries(HOST_FUNCTIONS)) {
    for (const place of right.keys()) {
      it(`as argument ${place + 1} of ${name} gives a value or an error of ours`, () => {
        for (const [what, make] of Object.entries(HOSTILE)) {
          const own = make();
          const outcome = unharmed(() =>
            outcomeOf(() => call(...right.map((value, at) => (at === place ? own : value())))),
          );
          (outcome.value as Promise<unknown> | undefined)?.then?.(undefined, () => {});
          try {
            if (outcome.isError) expectGoodError(outcome.error, own);
          } catch (fault) {
            throw new Error(`${what}: ${(fault as Error).message}`);
          }
        }
      });
    }
  }
});
