import { DebugInstrument } from '../debug/debug-instrument.js';
import { NeverRunWatch } from '../debug/never-run.js';
import { describe } from '../errors/describe.js';
import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import { NoStrategyError, StrategyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { Duration, Instant } from '../extension-points/instant.js';
import { combineInstruments, type Instrument } from '../extension-points/instrument.js';
import { type LoopWarning, sendWarning } from '../extension-points/loop-warning.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import { Wakeup } from '../extension-points/wakeup.js';
import { JoinHandler } from '../primitives/join.js';
import { ScopeHandler } from '../primitives/scope.js';
import { Spawn, type SpawnOptions } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { type AbortSignalLike, onAbort } from './abort-signal.js';
import { DeadlockError, LoopRunningError, NotSynchronousError } from './errors.js';
import { FifoPolicy } from './fifo-policy.js';
import type { Handled, ProgramOf } from './handled-program.js';
import { HandlerTable, nameOf } from './handler-table.js';
import { checkCompatibility, type LoopOptions, type RunOptions } from './loop-options.js';
import { isNews, outcomeOf } from './run-outcome.js';
import { Scheduler } from './scheduler.js';
import { StallDetector } from './stall-detector.js';
import { dumpTasks } from './task-dump.js';

/** Under a strategy that yields, the host gets a chance this often even while tasks are always ready. */
const HOST_INTERVAL: Duration = 1;

class PluggableLoop<in E extends LoopEvent> {
  readonly #strategy: SleepStrategy;
  readonly #handlers: HandlerTable;
  readonly #instrument: Instrument | undefined;
  readonly #scheduler: Scheduler;
  readonly #stallDetector: StallDetector;
  readonly #wakeup = new Wakeup();
  readonly #debug: DebugInstrument | undefined;
  readonly #neverRun: NeverRunWatch | undefined;
  #root: Task | undefined = undefined;
  #signal: AbortSignalLike | undefined = undefined;
  #polledAt: Instant = 0;
  #hostRanAt: Instant = 0;

  constructor(options: LoopOptions) {
    const { strategy, handlers = [], policy = new FifoPolicy(), instruments = [] } = options;
    if (strategy === undefined) throw new NoStrategyError();
    checkCompatibility(strategy, handlers);
    this.#strategy = strategy;
    this.#handlers = new HandlerTable([new JoinHandler(), new ScopeHandler()], handlers);
    if (options.debug) {
      const { slowStep = 100 } = options;
      const tell = (warning: LoopWarning) => sendWarning(warning, this.#instrument);
      this.#debug = new DebugInstrument(strategy.clock, slowStep, tell);
      this.#neverRun = new NeverRunWatch(tell);
    }
    const ofDebug = [this.#debug, this.#neverRun].filter(instrument => instrument !== undefined);
    this.#instrument = combineInstruments([...instruments, ...ofDebug]);
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
  async run<T, F extends LoopEvent>(
    program: ProgramOf<Handled<F, E> & Yieldable<T, F>>,
    { signal }: RunOptions = {},
  ): Promise<T> {
    const root = this.#spawnRoot(program, 'run');
    const stopListening = onAbort(signal, reason => root.cancel(reason));
    this.#signal = signal;
    try {
      return await this.#follow(root);
    } finally {
      stopListening();
    }
  }

  /**
   * Like `run`, but returns the value itself; for strategies that spin or block.
   * @throws NotSynchronousError with a strategy that lets the host run, besides what `run` throws.
   */
  runSync<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>): T {
    if (this.#strategy.waits === 'yields') throw new NotSynchronousError(this.#strategy.alias);
    // Only a strategy that yields gets to return a promise, so the first step is the last.
    return this.#drive(this.#spawnRoot(program, 'runSync')).next().value as T;
  }

  /**
   * From host code: starts a task, which can be awaited: `const page = await loop.spawn(fetchPage(url))`. In a loop that is
   * running it becomes a child of the program; otherwise it is the program. Its failure reaches whoever awaits it, and the
   * run that it belongs to; if there is nobody, the host's handler of unhandled rejections.
   */
  spawn<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>, options?: SpawnOptions): Task<T> {
    if (this.#root !== undefined) return this.#root.spawn(new Spawn(program, options));
    const root = this.#spawnRoot(program, 'spawn', options?.name);
    // In a turn of its own, so that a strategy that keeps the thread gives back the task first.
    Promise.resolve()
      .then(() => this.#follow(root))
      .catch(error => {
        if (!root.isObserved) throw error;
      });
    return root;
  }

  /** The tree of tasks: their names, states, what each waits for, and a circle of them if there is one. */
  dump(): string {
    if (this.#root === undefined) return 'the loop is not running';
    return dumpTasks(this.#root, this.#waitingSince, Infinity).join('\n');
  }

  async #follow<T>(root: Task<T>): Promise<T> {
    const drive = this.#drive(root);
    let step = drive.next();
    while (!step.done) {
      step = await step.value.then(
        () => drive.next(),
        error => drive.throw(error),
      );
    }
    return step.value;
  }

  /** The whole run; yields the promises that the strategy wants to have waited for. */
  *#drive<T>(root: Task<T>): Generator<Promise<void>, T, void> {
    const crashes: unknown[] = [];
    while (!root.isEnded) {
      try {
        const slept = this.#turn(root);
        if (slept !== undefined) yield* this.#untilAwake(slept);
      } catch (crash) {
        const isFirst = crashes.length === 0;
        if (isNews(crash, crashes)) crashes.push(crash);
        this.#neverRun?.runCrashed();
        // The tasks clean up as far as they get.
        if (!isFirst && !this.#scheduler.hasReady) break;
        root.cancel(crash);
      }
    }
    root.abandon();
    this.#root = this.#signal = undefined;
    this.#neverRun?.runEnded(root);
    return outcomeOf(root, [...crashes, ...this.#handlers.close(), ...this.#closeStrategy()]);
  }

  #closeStrategy(): StrategyError[] {
    try {
      this.#strategy.close();
      return [];
    } catch (error) {
      return [new StrategyError(this.#strategy.alias, `threw in close: ${describe(error)}`, error)];
    }
  }

  #spawnRoot<T>(program: Program<T, LoopEvent>, caller: string, name?: string): Task<T> {
    if (this.#root !== undefined) throw new LoopRunningError(caller);
    this.#polledAt = this.#hostRanAt = this.#strategy.clock.now();
    const spec = { body: program, caller, name: name || (programName(program) ?? 'main'), flags: 0 };
    this.#root = this.#scheduler.spawn(spec, undefined);
    return this.#root as Task<T>;
  }

  readonly #waitingSince = (task: Task) => this.#debug?.waitingSince(task);

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
    const { waits } = this.#strategy;
    if (waits === 'blocks' || waits === 'yields') {
      this.#handlers.beforeSleep(this.#wakeup);
      if (this.#scheduler.hasReady) return undefined;
    }
    return this.#callStrategy(until);
  }

  /** @throws DeadlockError if nothing outside the loop can ever end a wait */
  #expectSomethingOutside(root: Task): void {
    if (this.#signal !== undefined && this.#strategy.waits === 'yields') return;
    const handlers = this.#handlers.inFlight();
    if (handlers.length === 0) throw new DeadlockError(dumpTasks(root, this.#waitingSince));
    if (this.#canBeWoken(handlers)) return;
    throw new DeadlockError(dumpTasks(root, this.#waitingSince), handlers.map(nameOf), this.#strategy);
  }

  /** Whether a sleep without a deadline would end, by itself or by what one of `handlers` waits for. */
  #canBeWoken(handlers: readonly EventHandler[]): boolean {
    switch (this.#strategy.waits) {
      case 'jumps':
        return this.#wakeup.requested;
      case 'blocks':
        return handlers.some(handler => this.#handlers.canWake(handler));
      default:
        return true;
    }
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
