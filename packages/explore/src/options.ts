import {
  checkArgument,
  checkCallback,
  checkCount,
  checkMaker,
  checkNumber,
  type Duration,
  describe,
  type EventHandler,
  type EventsServedBy,
  type Handled,
  InvalidArgumentError,
  type LoopEvent,
  type ProgramOf,
  type Yieldable,
} from '@escapement/core';
import type { ActionHandler, PromiseHandler, SubscriptionHandler } from '@escapement/promises';
import type { SleepHandler } from '@escapement/sleep';
import type { MemoryHandler } from '@escapement/streams/memory';
import type { SyncHandler } from '@escapement/sync';
import type { VirtualClock } from '@escapement/virtual-time';
import type { Exploration } from './exploration.js';
import { Chooser } from './oracle/chooser.js';
import { ExhaustiveChooser } from './strategies/exhaustive-chooser.js';
import { PctChooser } from './strategies/pct-chooser.js';
import { RandomChooser } from './strategies/random-chooser.js';

/** The events that a program under exploration may wait for without further handlers. `P`: with `promises: true`; not if it may be false. */
export type BuiltInEvents<P = false> =
  | EventsServedBy<SleepHandler | SyncHandler | MemoryHandler>
  | ([P] extends [true] ? EventsServedBy<PromiseHandler | ActionHandler | SubscriptionHandler> : never);

/**
 * A program under exploration: a generator function that takes the run, or a function that makes one. It is called once for each
 * run, and must make all that it uses anew. It passes if it returns.
 */
export type ExploredProgram<T, F extends LoopEvent, H extends EventHandler, P> = (
  run: Exploration,
) => ProgramOf<Handled<F, BuiltInEvents<P> | EventsServedBy<H>> & Yieldable<T, F>>;

/** How one run is played. */
export interface PlayOptions<H extends EventHandler = EventHandler, P extends boolean = boolean> {
  /** Further handlers, made anew for each run. Those of sleep, sync and streams in memory are there. */
  readonly handlers?: (clock: VirtualClock) => readonly H[];
  /**
   * Whether the program waits for promises. They settle before time goes on, and the events of `@escapement/promises` have their
   * handlers. A run is slower then. Default: true if one of `handlers` needs the host, else false.
   */
  readonly promises?: P;
  /**
   * The most real milliseconds in which a promise must settle if a run has nothing else to do; then the run fails with
   * `UnsettledPromiseError`. Default: 1000.
   */
  readonly patience?: Duration;
  /** The most milliseconds that a sleep ends late, so that deadlines that are near each other are due at once. Default: 1. */
  readonly lateness?: Duration;
  /** Of the test, for messages and the token. */
  readonly name?: string;
  /**
   * With a duration above 0, any step may take so many milliseconds: time passes while other tasks are ready, and limits expire in the
   * middle of what they do. Default: 0, time passes only when all tasks wait.
   */
  readonly slowSteps?: Duration;
  /** A run with more steps fails with `LivelockError`. Default: 20,000. */
  readonly mostSteps?: number;
}

/** How `explore` explores. */
export interface ExploreOptions<H extends EventHandler = EventHandler, P extends boolean = boolean>
  extends PlayOptions<H, P> {
  /** How many schedules are tried at most. Default: 1000; 100,000 for `'exhaustive'`. */
  readonly runs?: number;
  /**
   * How schedules are chosen. `'random'`, the default: each choice at random. `'pct'`: by priorities, which finds bugs that need few
   * switches among many steps. `'exhaustive'`: all of them, for small programs. A `Chooser` of your own must find a planted race
   * first, as the others do.
   */
  readonly strategy?: 'random' | 'pct' | 'exhaustive' | Chooser;
  /** The same seed explores the same schedules. Default: 1. */
  readonly seed?: number;
  /** Of the bugs that `'pct'` looks for: so many steps must come in a certain order. Default: 3. */
  readonly depth?: number;
  /** The most preemptions in a schedule of `'exhaustive'`. Default: 2. */
  readonly preemptions?: number;
  /** Whether a failure is shrunk and explained, which takes some seconds at most. Default: true. */
  readonly shrink?: boolean;
}

/** @internal */
export interface PlaySettings {
  readonly handlers: (clock: VirtualClock) => readonly EventHandler[];
  readonly promises: boolean | undefined;
  readonly patience: Duration;
  readonly lateness: Duration;
  readonly slowSteps: Duration;
  readonly mostSteps: number;
  readonly name: string | undefined;
}

/** @internal */
export interface ExploreSettings extends PlaySettings {
  readonly runs: number;
  readonly chooser: Chooser;
  /** Of the same kind, for the planted race, which has to be within its bounds. */
  readonly plantedChooser: Chooser;
  readonly seed: number;
  readonly shrink: boolean;
}

const RUNS = 1000;
const RUNS_EXHAUSTIVE = 100_000;

/** @internal @throws InvalidArgumentError, InvalidCountError, NotAFunctionError, NotACoroutineError */
export function playSettings(caller: string, program: unknown, options: PlayOptions): PlaySettings {
  checkMaker(caller, program);
  checkArgument(caller, options, 'object', 'options like { lateness: 5 }');
  const {
    handlers = () => [],
    promises,
    name,
    patience = 1000,
    lateness = 1,
    slowSteps = 0,
    mostSteps = 20_000,
  } = options;
  checkCallback(`${caller} for \`handlers\``, handlers, 'a function that makes handlers anew for each run');
  if (promises !== undefined && typeof promises !== 'boolean')
    throw refused(caller, 'promises', promises, 'true or false');
  checkNumber(caller, 'patience', patience, isDuration, 'real milliseconds, 0 or more');
  checkNumber(caller, 'slowSteps', slowSteps, isDuration, 'milliseconds, 0 or more');
  checkNumber(caller, 'lateness', lateness, isDuration, 'milliseconds, 0 or more');
  checkCount(`mostSteps of ${caller}`, mostSteps, 1, false, 'A run with more steps fails.');
  if (name !== undefined) checkArgument(`${caller} for \`name\``, name, 'string', 'a string');
  return { handlers, promises, patience, lateness, slowSteps, mostSteps, name };
}

/** @internal @throws InvalidArgumentError, InvalidCountError, NotAFunctionError, NotACoroutineError */
export function exploreSettings(program: unknown, options: ExploreOptions): ExploreSettings {
  const caller = 'explore';
  const settings = playSettings(caller, program, options);
  const { strategy = 'random', seed = 1, depth = 3, preemptions = 2, shrink = true } = options;
  const { runs = strategy === 'exhaustive' ? RUNS_EXHAUSTIVE : RUNS } = options;
  checkCount(`runs of ${caller}`, runs, 1, false, 'Each run tries one schedule.');
  checkNumber(caller, 'seed', seed, Number.isSafeInteger, 'a whole number');
  checkCount(`depth of ${caller}`, depth, 1, false, 'It is the number of steps that must come in a certain order.');
  checkCount(`preemptions of ${caller}`, preemptions, 0, true, 'It is the most preemptions in one schedule.');
  const chooser = chooserOf(caller, strategy, depth, preemptions);
  const plantedChooser = chooserOf(caller, strategy, Math.max(2, depth), Math.max(1, preemptions));
  if (typeof shrink !== 'boolean') throw refused(caller, 'shrink', shrink, 'true or false');
  return { ...settings, runs, seed, shrink, chooser, plantedChooser };
}

function chooserOf(caller: string, strategy: unknown, depth: number, preemptions: number): Chooser {
  if (strategy === 'random') return new RandomChooser();
  if (strategy === 'pct') return new PctChooser(depth);
  if (strategy === 'exhaustive') return new ExhaustiveChooser(preemptions);
  if (strategy instanceof Chooser) return strategy;
  throw refused(caller, 'strategy', strategy, "'random', 'pct', 'exhaustive', or a Chooser");
}

function refused(caller: string, option: string, given: unknown, expected: string): InvalidArgumentError {
  const fault = `${caller} got ${describe(given)} for \`${option}\`, expected ${expected}.`;
  return new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

function isDuration(given: number): boolean {
  return given >= 0 && given < Infinity;
}
