import { describe, isThenable } from '../errors/describe.js';
import type { Duration, Instant } from '../events/instant.js';
import type { Clock } from '../extension-points/clock.js';
import { StrategyError } from '../extension-points/errors.js';
import type { EventHandler } from '../extension-points/event-handler.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { Wakeup } from '../extension-points/wakeup.js';
import { blockedSignals } from './blocked-signals.js';
import { DeadlockError, HostBlockedError } from './errors.js';
import { type HandlerTable, nameOf } from './handler-table.js';
import type { HostOutcomes } from './host-outcomes.js';
import { hostTurn } from './host-turn.js';
import type { Instruments } from './instruments.js';
import type { LoopView } from './loop-view.js';
import type { ReadyQueue } from './ready-queue.js';
import { StallDetector } from './stall-detector.js';

/** Under a strategy that yields, the host runs this often even if tasks are always ready. */
const HOST_INTERVAL: Duration = 1;
/** A program of `runSync` that takes longer should not keep signals from the process. */
const SIGNALS_WAIT: Duration = 1000;

/** @internal Calls the strategy: to sleep until the next deadline or wakeup, or to let the host run. */
export class SleepPhase {
  readonly #stallDetector: StallDetector;
  #hostRanAt: Instant = 0;
  /** `RunOptions.hostTurns`. */
  #hostTurns: Duration = Infinity;
  #isSynchronous = false;
  /** When to warn that signals do not come; once in the loop's life. */
  #warnsAt: Instant = Infinity;
  #hasWarned = false;

  constructor(
    private readonly strategy: SleepStrategy,
    private readonly clock: Clock,
    private readonly handlers: HandlerTable,
    private readonly ready: ReadyQueue,
    private readonly wakeup: Wakeup,
    private readonly instruments: Instruments,
    private readonly outcomes: HostOutcomes,
    private readonly view: LoopView,
  ) {
    this.#stallDetector = new StallDetector(strategy, handlers);
  }

  runStarted(now: Instant): void {
    this.#hostRanAt = now;
    this.#hostTurns = this.#warnsAt = Infinity;
    this.#isSynchronous = false;
  }

  /** The host stands still until the end of the run. */
  runIsSynchronous(): void {
    this.#isSynchronous = true;
    const isReal = this.strategy.waits === 'spins' || this.strategy.waits === 'blocks';
    if (isReal && !this.#hasWarned) this.#warnsAt = this.#hostRanAt + SIGNALS_WAIT;
  }

  /** The host runs at least every `interval` until the end of the run, unless that is synchronous or in virtual time. */
  limitHostTurns(interval: Duration): void {
    if (!this.#isSynchronous && this.strategy.waits !== 'jumps') this.#hostTurns = Math.min(this.#hostTurns, interval);
  }

  /**
   * @param hostTurns what a run that starts now asks for
   * @throws HostBlockedError if no code of the host runs during the run
   */
  checkHostRuns(isRunning: boolean, hostTurns: Duration = Infinity): void {
    const { waits } = this.strategy;
    const isAsked = hostTurns < Infinity && waits !== 'jumps' && !(isRunning && this.#isSynchronous);
    if (!isAsked && !this.#canHostRun(isRunning)) throw new HostBlockedError(this.strategy);
  }

  /** A task is ready. */
  progressed(): void {
    this.#stallDetector.progressed();
  }

  /** Must run before the poll, which finds what the request was for. A later request counts again. */
  clearWakeup(): void {
    if (!this.wakeup.requested) return;
    this.#stallDetector.progressed();
    this.wakeup.clear();
  }

  /** Call it if tasks are ready. @returns the strategy's promise, if any */
  letHostRun(now: Instant): Promise<void> | undefined {
    if (now > this.#warnsAt) this.#warnOfSignals();
    const yields = this.strategy.waits === 'yields';
    if (now - this.#hostRanAt < (yields ? HOST_INTERVAL : this.#hostTurns)) return undefined;
    return yields ? this.#callStrategy(now) : this.#takeHostTurn(now);
  }

  /**
   * Call it if no task is ready. @returns the strategy's promise, if any
   * @param isHeld whether code of the host, if it runs, may make a task ready at any time
   * @throws DeadlockError
   */
  sleepUntilDue(now: Instant, isHeld: boolean): Promise<void> | undefined {
    const until = this.handlers.nextDeadline();
    const { waits } = this.strategy;
    if (until === Infinity && !(isHeld && this.#canHostRun(true))) this.#checkDeadlock();
    this.#stallDetector.sleeping(now, until);
    if (until > this.#warnsAt) this.#warnOfSignals();
    const hostIsDue = waits === 'yields' ? Infinity : this.#hostRanAt + this.#hostTurns;
    if (now >= hostIsDue) return this.#takeHostTurn(now);
    if (waits === 'blocks' || waits === 'yields') {
      this.handlers.beforeSleep(this.wakeup, this.strategy);
      if (!this.ready.isEmpty) return undefined;
    }
    return this.#callStrategy(Math.min(until, hostIsDue));
  }

  /** Yields the strategy's promise; resume it when that settles. */
  *untilAwake(slept: Promise<void>): Generator<Promise<void>, void, void> {
    this.outcomes.hostRuns();
    try {
      yield slept;
    } catch (error) {
      throw new StrategyError(this.strategy.alias, `rejected: ${describe(error)}`, error);
    } finally {
      this.outcomes.hostRan();
      this.#awake();
    }
    this.#hostRanAt = this.clock.now();
  }

  /** @returns what the strategy threw */
  close(): StrategyError[] {
    try {
      this.strategy.close();
      return [];
    } catch (error) {
      return [new StrategyError(this.strategy.alias, `threw in close: ${describe(error)}`, error)];
    }
  }

  #canHostRun(isRunning: boolean): boolean {
    return this.strategy.waits === 'yields' || (isRunning && this.#hostTurns < Infinity);
  }

  #checkDeadlock(): void {
    const handlers = this.handlers.inFlight();
    if (handlers.length === 0) throw new DeadlockError(this.view.dumpLines(), this.#canHostRun(true));
    if (!this.#canBeWoken(handlers))
      throw new DeadlockError(this.view.dumpLines(), false, handlers.map(nameOf), this.strategy);
  }

  /** Whether a sleep without a deadline would end, by itself or through one of `handlers`. */
  #canBeWoken(handlers: readonly EventHandler[]): boolean {
    const { waits } = this.strategy;
    if (waits === 'jumps') return this.wakeup.requested;
    return waits !== 'blocks' || handlers.some(handler => this.handlers.canWake(handler));
  }

  /** Like a sleep of a strategy that yields. */
  #takeHostTurn(now: Instant): Promise<void> {
    this.#fallAsleep(now);
    return hostTurn();
  }

  #callStrategy(until: Instant): Promise<void> | undefined {
    this.#fallAsleep(until);
    const { alias, waits } = this.strategy;
    let slept: void | Promise<void>;
    try {
      slept = this.strategy.sleep(until, this.wakeup);
      if (waits === 'yields' && isThenable(slept)) return slept as Promise<void>;
    } catch (error) {
      this.#awake();
      throw new StrategyError(alias, `threw: ${describe(error)}`, error);
    }
    this.#awake();
    if (slept === undefined) return undefined;
    const expected = waits === 'yields' ? ', expected a promise or nothing' : ` although it says that it ${waits}`;
    throw new StrategyError(alias, `returned ${describe(slept)}${expected}`);
  }

  #warnOfSignals(): void {
    this.#warnsAt = Infinity;
    const warning = blockedSignals(this.strategy);
    this.#hasWarned = warning !== undefined;
    if (warning !== undefined) this.instruments.warn(warning);
  }

  #fallAsleep(until: Instant): void {
    this.instruments.hooks?.sleepStarted?.(until);
    this.view.sleepsUntil = until;
    this.ready.isSleeping = true;
  }

  #awake(): void {
    this.view.sleepsUntil = undefined;
    this.ready.isSleeping = false;
    this.instruments.hooks?.sleepEnded?.();
  }
}
