import { Debugging } from '../debug/debugging.js';
import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import { NoStrategyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import { Wakeup } from '../extension-points/wakeup.js';
import { JoinHandler } from '../primitives/join-handler.js';
import { ScopeHandler } from '../primitives/scope.js';
import { Spawn, type SpawnOptions } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';
import { type AbortSignalLike, onAbort } from './abort-signal.js';
import { LoopRunningError, NotSynchronousError } from './errors.js';
import { FifoPolicy } from './fifo-policy.js';
import type { Handled, ProgramOf } from './handled-program.js';
import { HandlerTable } from './handler-table.js';
import { type Hooks, Instruments } from './instruments.js';
import { checkCompatibility, type LoopOptions, type RunOptions } from './loop-options.js';
import { ReadyQueue } from './ready-queue.js';
import { isNewFault, outcomeOf } from './run-outcome.js';
import { Scheduler } from './scheduler.js';
import { SleepPhase } from './sleep-phase.js';
import { dumpTasks } from './task-dump.js';

class PluggableLoop<in E extends LoopEvent> {
  readonly #strategy: SleepStrategy;
  readonly #handlers: HandlerTable;
  readonly #ready: ReadyQueue;
  readonly #scheduler: Scheduler;
  readonly #sleepPhase: SleepPhase;
  readonly #hooks: Hooks | undefined;
  readonly #debugging: Debugging | undefined;
  #root: Task | undefined = undefined;
  #signal: AbortSignalLike | undefined = undefined;
  #polledAt: Instant = 0;

  constructor(options: LoopOptions) {
    const { strategy, handlers = [], policy = new FifoPolicy(), slowStep = 100 } = options;
    if (strategy === undefined) throw new NoStrategyError();
    checkCompatibility(strategy, handlers);
    this.#strategy = strategy;
    this.#handlers = new HandlerTable([new JoinHandler(), new ScopeHandler()], handlers);
    if (options.debug) this.#debugging = new Debugging(strategy.clock, slowStep, warning => instruments.warn(warning));
    const instruments = new Instruments([...(options.instruments ?? []), ...(this.#debugging?.instruments ?? [])]);
    const { hooks } = instruments;
    const wakeup = new Wakeup();
    this.#hooks = hooks;
    this.#ready = new ReadyQueue(policy, wakeup, hooks);
    this.#scheduler = new Scheduler(strategy.clock, this.#ready, this.#handlers, instruments);
    const dump = () => dumpTasks(this.#root!, this.#handlers, this.#debugging);
    this.#sleepPhase = new SleepPhase(strategy, this.#handlers, this.#ready, wakeup, hooks, dump);
  }

  /**
   * Runs a program to its end; resolves to its value, or rejects with its error. Under a strategy that spins or blocks, the
   * host's own loop stands still until then.
   *
   * @throws DeadlockError, HandlerError, StrategyError, PolicyError, LoopRunningError, besides the program's own errors
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
   * Like `run`, but returns the value itself.
   * @throws NotSynchronousError if the strategy lets the host run, besides what `run` throws
   */
  runSync<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>): T {
    if (this.#strategy.waits === 'yields') throw new NotSynchronousError(this.#strategy.alias);
    // Only a strategy that yields returns promises, so the first step is the last.
    return this.#drive(this.#spawnRoot(program, 'runSync')).next().value as T;
  }

  /**
   * For host code: starts a task, which can be awaited: `const page = await loop.spawn(fetchPage(url))`. In a running loop it
   * is a child of the root task; otherwise it starts a run. Its failure rejects the awaited task and fails the run. If
   * nothing awaits a task that started a run, its failure is an unhandled rejection of the host.
   */
  spawn<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>, options?: SpawnOptions): Task<T> {
    if (this.#root !== undefined) return this.#scheduler.spawn(new Spawn(program, options), this.#root);
    const root = this.#spawnRoot(program, 'spawn', options?.name);
    // Asynchronous, so that the caller gets the task even if the strategy keeps the thread.
    Promise.resolve()
      .then(() => this.#follow(root))
      .catch(error => {
        if (!root.isObserved) throw error;
      });
    return root;
  }

  /** The tree of tasks: the name, state and event of each; also a circle of tasks that wait for each other. */
  dump(): string {
    if (this.#root === undefined) return 'the loop is not running';
    return dumpTasks(this.#root, this.#handlers, this.#debugging, Infinity).join('\n');
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

  /** Runs to the end; yields the promises of the strategy. */
  *#drive<T>(root: Task<T>): Generator<Promise<void>, T, void> {
    const crashes: unknown[] = [];
    while (!root.isEnded) {
      try {
        const slept = this.#turn(root);
        if (slept !== undefined) yield* this.#sleepPhase.untilAwake(slept);
      } catch (crash) {
        const isFirst = crashes.length === 0;
        if (isNewFault(crash, crashes)) {
          crashes.push(crash);
          this.#hooks?.crashed?.(crash);
        }
        // Lets the tasks clean up as far as possible.
        if (!isFirst && this.#ready.isEmpty) break;
        root.cancel(crash);
      }
    }
    for (const task of treeOf(root)) task.abandon();
    this.#root = this.#signal = undefined;
    crashes.push(...this.#handlers.close(), ...this.#sleepPhase.close());
    this.#hooks?.runEnded?.(root);
    return outcomeOf(root, crashes);
  }

  #spawnRoot<T>(program: Program<T, LoopEvent>, caller: string, name?: string): Task<T> {
    if (this.#root !== undefined) throw new LoopRunningError(caller);
    this.#polledAt = this.#strategy.clock.now();
    this.#sleepPhase.runStarted(this.#polledAt);
    const spec = { body: program, caller, name: name || (programName(program) ?? 'main'), flags: 0 };
    this.#root = this.#scheduler.spawn(spec, undefined);
    return this.#root as Task<T>;
  }

  /** Resumes, polls, and sleeps if no task is ready. @returns the strategy's promise, if any */
  #turn(root: Task): Promise<void> | undefined {
    if (!this.#ready.isEmpty) this.#sleepPhase.progressed();
    this.#scheduler.runTurn(this.#polledAt);
    if (root.isEnded) return undefined;
    this.#sleepPhase.clearWakeup();
    this.#polledAt = this.#strategy.clock.now();
    this.#handlers.poll(this.#polledAt);
    if (!this.#ready.isEmpty) return this.#sleepPhase.letHostRun(this.#polledAt);
    return this.#sleepPhase.sleepUntilDue(this.#polledAt, this.#signal !== undefined);
  }
}

/**
 * Resumes coroutines, gives each event that they yield to its handler, and lets time pass when no task is ready. Runs one
 * program at a time.
 *
 * `E` is the union of the events that it has handlers for: a program that can yield another one does not compile.
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

/** Infers `E` from the handlers, which the constructor of a generic class cannot do. */
export interface EventLoopConstructor {
  new <H extends EventHandler = never>(options: LoopOptions<H>): EventLoop<EventsServedBy<H>>;
  /** Gives the class the type of an injection token for a loop of any events. */
  new (options: LoopOptions): EventLoop<LoopEvent>;
}

export const EventLoop: EventLoopConstructor = PluggableLoop;
