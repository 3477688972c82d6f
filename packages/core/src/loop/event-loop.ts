import { programName } from '../events/body-of.js';
import type { Program, Yieldable } from '../events/coroutine.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import { PolicyError } from '../extension-points/errors.js';
import type { EventHandler, EventsServedBy } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import { Wakeup } from '../extension-points/wakeup.js';
import { SelfServedHandler } from '../primitives/self-served-handler.js';
import { Spawn } from '../primitives/spawn.js';
import type { Task } from '../tasks/task.js';
import { valueOrThrow } from '../tasks/task-outcome.js';
import { treeOf } from '../tasks/task-tree.js';
import { CheckedClock } from './checked-clock.js';
import { LoopRunningError, NotSynchronousError } from './errors.js';
import { ExclusivePlugins } from './exclusive-plugins.js';
import { FifoPolicy } from './fifo-policy.js';
import { followLater, followRun } from './follow-run.js';
import { GivenPolicy } from './given-policy.js';
import type { Handled, ProgramOf } from './handled-program.js';
import { HandlerTable } from './handler-table.js';
import { HostPrograms } from './host-programs.js';
import { type Hooks, Instruments } from './instruments.js';
import type { KeepAlive } from './keep-alive.js';
import { checkOptions, type HostSpawnOptions, type LoopOptions, type RunOptions } from './loop-options.js';
import { type LoopMetrics, LoopView } from './loop-view.js';
import { ReadyQueue } from './ready-queue.js';
import { RunFaults } from './run-outcome.js';
import { Scheduler } from './scheduler.js';
import { SleepPhase } from './sleep-phase.js';

/** A run with more faults than these ends by force: the plugins fail, and some task is always ready. */
const MOST_CRASHES = 1000;

class PluggableLoop<in E extends LoopEvent> {
  /** What it shows of itself to tools. */
  readonly view: LoopView;
  readonly #strategy: SleepStrategy;
  readonly #clock: CheckedClock;
  readonly #exclusive: ExclusivePlugins;
  readonly #handlers: HandlerTable;
  readonly #policy: GivenPolicy;
  readonly #ready: ReadyQueue;
  readonly #scheduler: Scheduler;
  readonly #programs: HostPrograms;
  readonly #sleepPhase: SleepPhase;
  readonly #hooks: Hooks | undefined;
  readonly #instruments: Instruments;
  readonly #survivesPolicy: boolean;
  #root: Task | undefined = undefined;
  /** Whether the root runs a program; else it only supervises those of the host. */
  #hasProgram = false;
  /** The program's function runs, which makes the root task's body. */
  #isStarting = false;
  #polledAt: Instant = 0;

  constructor(options: LoopOptions) {
    checkOptions(options);
    const { strategy, handlers = [], policy = new FifoPolicy(), instruments: observers = [] } = options;
    this.#strategy = strategy;
    this.#clock = new CheckedClock(strategy);
    this.#handlers = new HandlerTable([new SelfServedHandler()], handlers);
    this.#instruments = new Instruments(observers);
    const { hooks } = this.#instruments;
    const wakeup = new Wakeup();
    this.#hooks = hooks;
    this.#policy = new GivenPolicy(policy, this.#clock, () => (this.#root === undefined ? [] : treeOf(this.#root)));
    this.#ready = new ReadyQueue(this.#policy, wakeup, hooks);
    this.#scheduler = new Scheduler(this.#clock, this.#ready, this.#policy, this.#handlers, this.#instruments);
    this.#survivesPolicy = options.onPolicyFault === 'fifo';
    this.view = new LoopView(strategy, policy, this.#handlers, this.#instruments, () => this.#root);
    this.#exclusive = new ExclusivePlugins(this.view, handlers);
    const { outcomes } = this.#scheduler;
    this.#sleepPhase = new SleepPhase(
      strategy,
      this.#clock,
      this.#handlers,
      this.#ready,
      wakeup,
      this.#instruments,
      outcomes,
      this.view,
    );
    this.#programs = new HostPrograms(this.#scheduler, this.#sleepPhase);
  }

  /**
   * Runs a program to its end; resolves to its value, or rejects with its error. Under a strategy that spins or blocks, the
   * host's own loop stands still until then, except with `hostTurns`.
   *
   * @throws DeadlockError, HandlerError, StrategyError, PolicyError, LoopRunningError, PluginInUseError, besides the
   * program's own errors
   */
  async run<T, F extends LoopEvent>(
    program: ProgramOf<Handled<F, E> & Yieldable<T, F>>,
    options: RunOptions = {},
  ): Promise<T> {
    const root = this.#programs.start('run', options, false, () => this.#startProgram(program, 'run'));
    await followRun(this.#drive(root));
    return valueOrThrow(root);
  }

  /**
   * Like `run`, but returns the value itself. The host stands still: if the process listens for signals, they do not come until
   * the run ends; a run of more than a second then warns (`ESC_SIGNALS_BLOCKED`).
   *
   * @throws NotSynchronousError if the strategy lets the host run, besides what `run` throws
   */
  runSync<T, F extends LoopEvent>(program: ProgramOf<Handled<F, E> & Yieldable<T, F>>): T {
    if (this.#strategy.waits === 'yields') throw new NotSynchronousError(this.#strategy.alias);
    // Only a strategy that yields returns promises, so the first step is the last.
    const root = this.#startProgram(program, 'runSync');
    this.#sleepPhase.runIsSynchronous();
    return this.#drive(root).next().value as T;
  }

  /**
   * For host code: starts a task, which can be awaited: `const page = await loop.spawn(fetchPage(url))`. If the loop does not
   * run, that starts a run, which ends when all tasks that host code spawned have ended. In a run of `run`, the task is
   * cancelled if the run's program fails or is cancelled, and the run waits for its end.
   *
   * What host code spawns is independent: a failure or a cancellation goes to those who await the task, and to no other task. A
   * failure that nobody awaits is an unhandled rejection of the host. An awaited task is rejected with what `run` would throw
   * for the same end; that may be a fault of the run, such as `DeadlockError`, which then goes to all who wait.
   *
   * @throws LoopRunningError while a run starts, or closes its plugins; PluginInUseError
   */
  spawn<T, F extends LoopEvent>(
    program: ProgramOf<Handled<F, E> & Yieldable<T, F>>,
    options: HostSpawnOptions = {},
  ): Task<T> {
    const spec = new Spawn(program, options);
    const start = () => this.#inHostRun('spawn', root => this.#programs.spawn<T>(spec, root));
    return this.#programs.start('spawn', options, this.isRunning, start);
  }

  /**
   * For host code: keeps the run going until you call `release()`, for callbacks of the host that spawn tasks or settle waits.
   * Meanwhile a run in which all tasks wait for such a callback is no deadlock. Starts a run if the loop does not run, as
   * `spawn` does; a run of `run` ends with its program all the same.
   *
   * @throws HostBlockedError if the host stands still while the loop runs; LoopRunningError, PluginInUseError
   * @example
   * const keepAlive = loop.keepAlive();
   * server.on('request', (request, response) => loop.spawn(answer(request, response)));
   * server.on('close', () => keepAlive.release());
   */
  keepAlive(): KeepAlive {
    this.#sleepPhase.checkHostRuns(this.isRunning);
    return this.#inHostRun('keepAlive', root => this.#programs.keepAlive(root, this.#hasProgram));
  }

  /** Whether a run goes on. Then `spawn` adds to it, and `run` is refused. */
  get isRunning(): boolean {
    return this.#root?.isEnded === false;
  }

  /** The tree of tasks: the name, state and event of each; also a circle of tasks that wait for each other. */
  dump(): string {
    return this.view.dump();
  }

  /** What the handlers have in flight, and what the instruments measure. */
  metrics(): LoopMetrics {
    return this.view.metrics();
  }

  /** Runs to the end; yields the promises of the strategy. */
  *#drive<T>(root: Task<T>, faults = new RunFaults()): Generator<Promise<void>, T, void> {
    this.#scheduler.outcomes.runStarted(faults);
    try {
      for (let crashes = 0; !root.isEnded && crashes < MOST_CRASHES; ) {
        try {
          const slept = this.#turn(root);
          if (slept !== undefined) yield* this.#sleepPhase.untilAwake(slept);
        } catch (crash) {
          if (crash instanceof PolicyError && this.#replacePolicy(root, crash)) continue;
          if (faults.add(crash)) this.#hooks?.crashed?.(crash);
          if (crashes++ === 0) this.#scheduler.outcomes.runBreaks(root, crash);
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
      this.#scheduler.outcomes.runEnded();
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

  #startProgram<T>(program: Program<T, LoopEvent>, caller: string): Task<T> {
    return this.#startRun(caller, true, () => {
      const spec = { body: program, caller, name: programName(program) ?? 'main', flags: 0 };
      const root = this.#scheduler.spawn(spec, undefined);
      this.#root = root;
      return root;
    });
  }

  /** Starts something below the root of the present run, or of a new one. */
  #inHostRun<T>(caller: string, start: (root: Task) => T): T {
    if (this.isRunning && !this.#isStarting) return start(this.#root!);
    return this.#startRun(caller, false, () => {
      const root = this.#programs.spawnRoot();
      this.#root = root;
      try {
        const started = start(root);
        const faults = new RunFaults();
        void followLater(this.#drive(root, faults), faults);
        return started;
      } catch (error) {
        // The root has nothing to wait for: the run ends at once.
        this.#drive(root).next();
        throw error;
      }
    });
  }

  #startRun<T>(caller: string, hasProgram: boolean, start: () => T): T {
    if (this.#root !== undefined || this.#isStarting) throw new LoopRunningError(caller, this.#isStarting);
    this.#exclusive.claim();
    this.#isStarting = true;
    this.#hasProgram = hasProgram;
    try {
      this.#polledAt = this.#clock.now();
      this.#sleepPhase.runStarted(this.#polledAt);
      this.#policy.runStarted();
      this.#policy.turnStarted(this.#polledAt);
      return start();
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
    this.#handlers.poll(this.#polledAt, this.#ready);
    if (!this.#ready.isEmpty) return this.#sleepPhase.letHostRun(this.#polledAt);
    return this.#sleepPhase.sleepUntilDue(this.#polledAt, this.#programs.areHeld);
  }
}

/**
 * Resumes coroutines, gives each event that they yield to its handler, and lets time pass when no task is ready. Runs one
 * program at a time.
 *
 * `E` is the union of the events that it has handlers for: a program that can yield another one does not compile.
 * @interface
 * @throws NoStrategyError, InvalidArgumentError, StrategyError, DuplicateHandlerError, IncompatiblePluginsError from the
 * constructor
 * @example
 * const strategy = new BusyWaitStrategy(new PerformanceClock());
 * const loop = new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] });
 * loop.runSync(function* () { yield* sleep(5); });
 */
export type EventLoop<E extends LoopEvent = never> = PluggableLoop<E>;

/** Infers `E` from the handlers, which the constructor of a generic class cannot do. */
export interface EventLoopConstructor {
  new <H extends EventHandler = never>(options: LoopOptions<H>): EventLoop<EventsServedBy<H>>;
  /** Gives the class the type of an injection token for a loop of any events. */
  new (options: LoopOptions): EventLoop<LoopEvent>;
}

export const EventLoop: EventLoopConstructor = PluggableLoop;
