import { Debugging } from '../debug/debugging.js';
import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import { PolicyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import { Wakeup } from '../extension-points/wakeup.js';
import { SelfServedHandler } from '../primitives/self-served-handler.js';
import { Spawn, type SpawnOptions } from '../primitives/spawn.js';
import { Cancelled } from '../tasks/errors.js';
import type { Task } from '../tasks/task.js';
import { valueOrThrow } from '../tasks/task-outcome.js';
import { treeOf } from '../tasks/task-tree.js';
import { AbortWatch } from './abort-signal.js';
import { CheckedClock } from './checked-clock.js';
import { LoopRunningError, NotSynchronousError } from './errors.js';
import { ExclusivePlugins } from './exclusive-plugins.js';
import { FifoPolicy } from './fifo-policy.js';
import { GivenPolicy } from './given-policy.js';
import type { Handled, ProgramOf } from './handled-program.js';
import { HandlerTable } from './handler-table.js';
import { type Hooks, Instruments } from './instruments.js';
import { checkOptions, type LoopOptions, type RunOptions, signalOf } from './loop-options.js';
import { ReadyQueue } from './ready-queue.js';
import { RunFaults } from './run-outcome.js';
import { Scheduler } from './scheduler.js';
import { SleepPhase } from './sleep-phase.js';
import { dumpTasks } from './task-dump.js';

/** A run with more faults than these ends by force: the plugins fail, and some task is always ready. */
const MOST_CRASHES = 1000;

class PluggableLoop<in E extends LoopEvent> {
  readonly #strategy: SleepStrategy;
  readonly #clock: CheckedClock;
  readonly #exclusive: ExclusivePlugins;
  readonly #handlers: HandlerTable;
  readonly #policy: GivenPolicy;
  readonly #ready: ReadyQueue;
  readonly #scheduler: Scheduler;
  readonly #sleepPhase: SleepPhase;
  readonly #hooks: Hooks | undefined;
  readonly #debugging: Debugging | undefined;
  readonly #survivesPolicy: boolean;
  #root: Task | undefined = undefined;
  /** The program's function runs, which makes the root task's body. */
  #isStarting = false;
  /** Whether the host may cancel the run. */
  #isAbortable = false;
  #polledAt: Instant = 0;

  constructor(options: LoopOptions) {
    checkOptions(options);
    const { strategy, handlers = [], policy = new FifoPolicy(), slowStep = 100 } = options;
    this.#strategy = strategy;
    this.#clock = new CheckedClock(strategy);
    this.#exclusive = new ExclusivePlugins(strategy, handlers, policy);
    this.#handlers = new HandlerTable([new SelfServedHandler()], handlers);
    if (options.debug) this.#debugging = new Debugging(this.#clock, slowStep, warning => instruments.warn(warning));
    const instruments = new Instruments([...(options.instruments ?? []), ...(this.#debugging?.instruments ?? [])]);
    const { hooks } = instruments;
    const wakeup = new Wakeup();
    this.#hooks = hooks;
    this.#policy = new GivenPolicy(policy, this.#clock, () => (this.#root === undefined ? [] : treeOf(this.#root)));
    this.#ready = new ReadyQueue(this.#policy, wakeup, hooks);
    this.#scheduler = new Scheduler(this.#clock, this.#ready, this.#policy, this.#handlers, instruments);
    this.#survivesPolicy = options.onPolicyFault === 'fifo';
    const dump = () => dumpTasks(this.#root!, this.#handlers, this.#debugging);
    this.#sleepPhase = new SleepPhase(strategy, this.#clock, this.#handlers, this.#ready, wakeup, hooks, dump);
  }

  /**
   * Runs a program to its end; resolves to its value, or rejects with its error. Under a strategy that spins or blocks, the
   * host's own loop stands still until then.
   *
   * @throws DeadlockError, HandlerError, StrategyError, PolicyError, LoopRunningError, PluginInUseError, besides the
   * program's own errors
   */
  async run<T, F extends LoopEvent>(
    program: ProgramOf<Handled<F, E> & Yieldable<T, F>>,
    options?: RunOptions,
  ): Promise<T> {
    const signal = signalOf(options);
    const abort = new AbortWatch(signal);
    try {
      const root = this.#spawnRoot(program, 'run');
      this.#isAbortable = signal !== undefined;
      abort.runStarted(root);
      await this.#follow(root);
      return valueOrThrow(root);
    } finally {
      abort.stop();
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
   * nothing awaits a task that started a run, its failure is an unhandled rejection of the host; so is a failure of the run
   * that comes after the task's end, as when a plugin cannot be closed.
   *
   * @throws LoopRunningError while a run starts, or closes its plugins
   */
  spawn<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>, options?: SpawnOptions): Task<T> {
    const spec = new Spawn(program, options);
    if (this.#root?.isEnded === false) return this.#scheduler.spawn(spec, this.#root);
    const root = this.#spawnRoot(program, 'spawn', spec.name);
    // Asynchronous, so that the caller gets the task even if the strategy keeps the thread.
    Promise.resolve()
      .then(() => this.#follow(root))
      .catch(error => {
        if (!root.extras.isObserved || !isOutcomeOf(root, error)) throw error;
      });
    return root;
  }

  /** The tree of tasks: the name, state and event of each; also a circle of tasks that wait for each other. */
  dump(): string {
    if (this.#root === undefined) return 'the loop is not running';
    return dumpTasks(this.#root, this.#handlers, this.#debugging, Infinity).join('\n');
  }

  /** Without the value: if that is a promise, only the caller of `run` may wait for it, or it would count as unhandled here. */
  async #follow(root: Task): Promise<void> {
    const drive = this.#drive(root);
    let step = drive.next();
    while (!step.done) {
      try {
        await step.value;
      } catch (error) {
        step = drive.throw(error);
        continue;
      }
      step = drive.next();
    }
  }

  /** Runs to the end; yields the promises of the strategy. */
  *#drive<T>(root: Task<T>): Generator<Promise<void>, T, void> {
    const faults = new RunFaults();
    try {
      for (let crashes = 0; !root.isEnded && crashes < MOST_CRASHES; ) {
        try {
          const slept = this.#turn(root);
          if (slept !== undefined) yield* this.#sleepPhase.untilAwake(slept);
        } catch (crash) {
          if (crash instanceof PolicyError && this.#replacePolicy(root, crash)) continue;
          if (faults.add(crash)) this.#hooks?.crashed?.(crash);
          if (crashes++ === 0) root.cancel(crash);
          else if (this.#ready.isEmpty && !this.#cancelShields(root, faults.first)) break;
        }
      }
      if (!root.isEnded) this.#scheduler.unwind(root, faults.first);
    } finally {
      for (const fault of [...this.#handlers.close(), ...this.#sleepPhase.close()]) faults.add(fault);
      const fault = this.#ready.runEnded();
      if (fault !== undefined && !this.#isSurvived(root, fault)) faults.add(fault);
      this.#exclusive.release();
      this.#root = undefined;
    }
    this.#hooks?.runEnded?.(root);
    return faults.outcomeOf(root);
  }

  /** @returns whether the run goes on */
  #replacePolicy(root: Task, fault: PolicyError): boolean {
    this.#ready.replacePolicy();
    return this.#isSurvived(root, fault);
  }

  #isSurvived(root: Task, fault: PolicyError): boolean {
    if (!this.#survivesPolicy) return false;
    const consequence = root.isEnded ? 'The run had ended.' : 'The run goes on without it, first come, first served.';
    this.#scheduler.warn(fault.code, `${fault.message} ${consequence}`, root);
    return true;
  }

  /** Nothing else can end what waits in a shield for ever. @returns whether a task is ready now */
  #cancelShields(root: Task, reason: unknown): boolean {
    for (const task of treeOf(root)) task.cancel(reason);
    return !this.#ready.isEmpty;
  }

  #spawnRoot<T>(program: Program<T, LoopEvent>, caller: string, name?: string): Task<T> {
    if (this.#root !== undefined || this.#isStarting) throw new LoopRunningError(caller, this.#isStarting);
    this.#exclusive.claim();
    this.#isStarting = true;
    this.#isAbortable = false;
    try {
      this.#polledAt = this.#clock.now();
      this.#sleepPhase.runStarted(this.#polledAt);
      this.#policy.runStarted();
      this.#policy.turnStarted(this.#polledAt);
      const spec = { body: program, caller, name: name || (programName(program) ?? 'main'), flags: 0 };
      this.#root = this.#scheduler.spawn(spec, undefined);
      return this.#root as Task<T>;
    } finally {
      this.#isStarting = false;
      if (this.#root === undefined) this.#exclusive.release();
    }
  }

  /** Resumes, polls, and sleeps if no task is ready. @returns the strategy's promise, if any */
  #turn(root: Task): Promise<void> | undefined {
    if (!this.#ready.isEmpty) this.#sleepPhase.progressed();
    this.#scheduler.runTurn(this.#polledAt);
    if (root.isEnded) return undefined;
    this.#sleepPhase.clearWakeup();
    this.#polledAt = this.#clock.now();
    this.#policy.turnStarted(this.#polledAt);
    this.#handlers.poll(this.#polledAt);
    if (!this.#ready.isEmpty) return this.#sleepPhase.letHostRun(this.#polledAt);
    return this.#sleepPhase.sleepUntilDue(this.#polledAt, this.#isAbortable);
  }
}

/** Whether the host gets `error` where it awaits `root`. */
function isOutcomeOf(root: Task, error: unknown): boolean {
  const { result } = root;
  if (result.state === 'failed') return error === result.error;
  return result.state === 'cancelled' && (error instanceof Cancelled || error === result.reason);
}

/**
 * Resumes coroutines, gives each event that they yield to its handler, and lets time pass when no task is ready. Runs one
 * program at a time.
 *
 * `E` is the union of the events that it has handlers for: a program that can yield another one does not compile.
 *
 * @throws NoStrategyError, InvalidArgumentError, StrategyError, DuplicateHandlerError, IncompatiblePluginsError from the
 * constructor
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
