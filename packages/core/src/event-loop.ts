import type { Call } from './call.js';
import type { GetContext, SetContext } from './context.js';
import type { Program } from './coroutine.js';
import type { CurrentTask } from './current-task.js';
import { describe } from './describe.js';
import { describeWaits } from './describe-waits.js';
import {
  Cancelled,
  DeadlockError,
  type EscapementError,
  IncompatiblePluginsError,
  LoopRunningError,
  NoStrategyError,
  NotSynchronousError,
  StrategyError,
} from './errors.js';
import type { EventHandler } from './event-handler.js';
import { FifoPolicy } from './fifo-policy.js';
import { HandlerTable, nameOf } from './handler-table.js';
import type { Duration, Instant } from './instant.js';
import { combineInstruments, type Instrument } from './instrument.js';
import { type Join, JoinHandler } from './join.js';
import type { LoopEvent } from './loop-event.js';
import type { Now } from './now.js';
import type { Pause } from './pause.js';
import { Scheduler } from './scheduler.js';
import type { SchedulingPolicy } from './scheduling-policy.js';
import { type Scope, ScopeHandler } from './scope.js';
import type { SleepStrategy } from './sleep-strategy.js';
import type { Spawn } from './spawn.js';
import { StallDetector } from './stall-detector.js';
import type { Task } from './task.js';
import { Wakeup } from './wakeup.js';

/** The events that every loop serves without a handler plugin. */
export type CoreEvent = Pause | Now | Spawn | Join | Scope | Call | CurrentTask | GetContext | SetContext;

export interface LoopOptions<H extends EventHandler = EventHandler> {
  readonly strategy: SleepStrategy;
  /** One for each event class. */
  readonly handlers?: readonly H[];
  /** First come, first served if left out. */
  readonly policy?: SchedulingPolicy;
  readonly instruments?: readonly Instrument[];
}

/** Under a strategy that yields, the host gets a chance this often even while tasks are always ready. */
const HOST_INTERVAL: Duration = 1;

class PluggableLoop<in E extends LoopEvent> {
  readonly #strategy: SleepStrategy;
  readonly #handlers: HandlerTable;
  readonly #instrument: Instrument | undefined;
  readonly #scheduler: Scheduler;
  readonly #stallDetector: StallDetector;
  readonly #wakeup = new Wakeup();
  #isRunning = false;
  #polledAt: Instant = 0;
  #hostRanAt: Instant = 0;

  constructor({ strategy, handlers = [], policy = new FifoPolicy(), instruments = [] }: LoopOptions) {
    if (strategy === undefined) throw new NoStrategyError();
    refuseMisfits(strategy, handlers);
    this.#strategy = strategy;
    this.#handlers = new HandlerTable([new JoinHandler(), new ScopeHandler()], handlers);
    this.#instrument = combineInstruments(instruments);
    this.#scheduler = new Scheduler(strategy.clock, policy, this.#handlers, this.#instrument, this.#wakeup);
    this.#stallDetector = new StallDetector(strategy, this.#handlers);
  }

  /**
   * Runs a program to its end and resolves to its value, or rejects with its error. The program is a coroutine, an
   * event, or a function that makes one. Works with every strategy; where the strategy spins or blocks, the host's own
   * loop stands still until the program is done.
   *
   * @throws DeadlockError, HandlerError, StrategyError, PolicyError, LoopRunningError, besides the program's own.
   */
  async run<T, F extends E | CoreEvent>(program: Program<T, F>): Promise<T> {
    const drive = this.#drive(program, 'run');
    let step = drive.next();
    while (!step.done)
      step = await step.value.then(
        () => drive.next(),
        error => drive.throw(error),
      );
    return step.value;
  }

  /**
   * Like `run`, but returns the value itself; for strategies that spin or block.
   * @throws NotSynchronousError with a strategy that lets the host run, besides what `run` throws.
   */
  runSync<T, F extends E | CoreEvent>(program: Program<T, F>): T {
    if (this.#strategy.waits === 'yields') throw new NotSynchronousError(this.#strategy.alias);
    // Only a strategy that yields gets to return a promise, so the first step is the last.
    return this.#drive(program, 'runSync').next().value as T;
  }

  /** The whole run; yields the promises that the strategy wants to have waited for. */
  *#drive<T>(program: Program<T, LoopEvent>, caller: string): Generator<Promise<void>, T, void> {
    if (this.#isRunning) throw new LoopRunningError(caller);
    this.#isRunning = true;
    try {
      const root = this.#spawnRoot(program);
      const crashes: unknown[] = [];
      while (!root.isEnded) {
        try {
          const slept = this.#turn(root);
          if (slept !== undefined) yield* this.#untilAwake(slept);
        } catch (crash) {
          const isFirst = crashes.length === 0;
          if (isNews(crash, crashes)) crashes.push(crash);
          // The tasks clean up as far as they get.
          if (!isFirst && !this.#scheduler.hasReady) break;
          root.cancel(crash);
        }
      }
      root.abandon();
      return outcome(root, [...crashes, ...this.#handlers.close()]);
    } finally {
      this.#isRunning = false;
    }
  }

  #spawnRoot<T>(program: Program<T, LoopEvent>): Task<T> {
    this.#polledAt = this.#hostRanAt = this.#strategy.clock.now();
    const body = typeof program === 'function' ? program() : program;
    const name = (typeof program === 'function' && program.name) || 'main';
    return this.#scheduler.spawn({ body, caller: 'run', name, traits: 0 }, undefined);
  }

  /** Resume, poll, and sleep if nothing is ready. Gives back the strategy's promise, if it made one. */
  #turn(root: Task): Promise<void> | undefined {
    if (this.#scheduler.hasReady) this.#stallDetector.progressed();
    this.#scheduler.runTurn(this.#polledAt);
    if (root.isEnded) return undefined;
    // Before the poll: what was signalled before this request shows in the poll, what comes later requests again.
    if (this.#wakeup.requested) {
      this.#stallDetector.progressed();
      this.#wakeup.clear();
    }
    this.#polledAt = this.#strategy.clock.now();
    this.#handlers.poll(this.#polledAt);
    return this.#scheduler.hasReady ? this.#letHostRun() : this.#sleep(root);
  }

  #letHostRun(): Promise<void> | undefined {
    if (this.#strategy.waits !== 'yields' || this.#polledAt - this.#hostRanAt < HOST_INTERVAL) return undefined;
    return this.#callStrategy(this.#polledAt);
  }

  #sleep(root: Task): Promise<void> | undefined {
    const until = this.#handlers.nextDeadline();
    if (until === Infinity) this.#expectSomethingOutside(root);
    this.#stallDetector.sleeping(this.#polledAt, until);
    if (this.#strategy.waits !== 'spins') {
      this.#handlers.beforeSleep(this.#wakeup);
      if (this.#scheduler.hasReady) return undefined;
    }
    return this.#callStrategy(until);
  }

  /** @throws DeadlockError if nothing outside the loop can ever end a wait */
  #expectSomethingOutside(root: Task): void {
    const handlers = this.#handlers.inFlight();
    if (handlers.length === 0) throw new DeadlockError(describeWaits(root));
    if (this.#strategy.waits !== 'blocks' || handlers.some(handler => this.#handlers.canWake(handler))) return;
    throw new DeadlockError(describeWaits(root), handlers.map(nameOf), this.#strategy.alias);
  }

  #callStrategy(until: Instant): Promise<void> | undefined {
    this.#instrument?.sleepStarted?.(until);
    this.#scheduler.isSleeping = true;
    let slept: void | Promise<void>;
    try {
      slept = this.#strategy.sleep(until, this.#wakeup);
    } catch (error) {
      this.#awake();
      throw new StrategyError(this.#strategy.alias, `threw: ${describe(error)}`, error);
    }
    if (slept !== undefined && this.#strategy.waits === 'yields') return slept;
    this.#awake();
    if (slept === undefined) return undefined;
    throw new StrategyError(
      this.#strategy.alias,
      `returned a promise although it says that it ${this.#strategy.waits}`,
    );
  }

  *#untilAwake(slept: Promise<void>): Generator<Promise<void>, void, void> {
    try {
      yield slept;
    } catch (error) {
      throw new StrategyError(this.#strategy.alias, `rejected: ${describe(error)}`, error);
    } finally {
      this.#hostRanAt = this.#strategy.clock.now();
      this.#awake();
    }
  }

  #awake(): void {
    this.#scheduler.isSleeping = false;
    this.#instrument?.sleepEnded?.();
  }
}

/**
 * Resumes coroutines, hands each event that they yield to its handler, and lets time pass when nothing is ready.
 *
 * `E` is the union of the events that it has handlers for: a program that can yield another one does not compile.
 * A loop runs one program at a time, and any number of them one after another.
 *
 * @throws NoStrategyError, DuplicateHandlerError, IncompatiblePluginsError from the constructor
 * @example
 * const strategy = new BusyWaitStrategy(new PerformanceClock());
 * const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
 * loop.runSync(function* () { yield* sleep(5); });
 */
export type EventLoop<E extends LoopEvent = never> = PluggableLoop<E>;

/** The events that a handler of type `H` serves. */
export type EventsServedBy<H> = H extends EventHandler<infer E> ? E : never;

/** The constructor of a class cannot work out the class's own `E` from several handlers; this one can. */
export interface EventLoopConstructor {
  new <H extends EventHandler = never>(options: LoopOptions<H>): EventLoop<EventsServedBy<H>>;
  /** For containers: as an injection token it stands for a loop of whatever events. Overload resolution never gets here. */
  new (options: LoopOptions): EventLoop<LoopEvent>;
}

export const EventLoop: EventLoopConstructor = PluggableLoop;

function refuseMisfits(strategy: SleepStrategy, handlers: readonly EventHandler[]): void {
  if (typeof strategy.clock?.now !== 'function') {
    throw new StrategyError(
      strategy.alias,
      'has no clock, expected one in its property `clock`. (A decorated subclass gets nothing injected unless it declares a constructor of its own)',
    );
  }
  if (strategy.waits === 'yields') return;
  const misfit = handlers.find(handler => handler.needsHost);
  if (misfit !== undefined) {
    throw new IncompatiblePluginsError(misfit.constructor.name, strategy.alias, strategy.waits);
  }
}

/** After a crash, what is broken breaks again, and nothing moves any more: nobody needs to be told that. */
function isNews(crash: unknown, before: readonly unknown[]): boolean {
  if (before.length === 0) return true;
  const { code } = crash as Partial<EscapementError>;
  return !(crash instanceof DeadlockError) && before.every(other => (other as Partial<EscapementError>).code !== code);
}

/** The value of a run, or everything that went wrong in it. */
function outcome<T>(root: Task<T>, crashes: readonly unknown[]): T {
  const { result } = root;
  const errors = [...crashes];
  if (result.state === 'failed' && !errors.includes(result.error)) errors.push(result.error);
  if (errors.length > 1)
    throw new AggregateError(errors, `the run ended with ${errors.length} errors: ${errors.map(describe).join('; ')}`);
  if (errors.length === 1) throw errors[0];
  if (result.state === 'succeeded') return result.value;
  throw new Cancelled(root.name, (result as { reason?: unknown }).reason);
}
