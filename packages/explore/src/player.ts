import {
  Cancelled,
  describe,
  type EventHandler,
  EventLoop,
  type Instrument,
  InvalidArgumentError,
  type LoopEvent,
  type Program,
  programName,
} from '@escapement/core';
import { ActionHandler, PromiseHandler, SubscriptionHandler } from '@escapement/promises';
import { SleepHandler } from '@escapement/sleep';
import { MemoryHandler } from '@escapement/streams/memory';
import { SyncHandler } from '@escapement/sync';
import { VirtualClock } from '@escapement/virtual-time';
import { Exploration } from './exploration.js';
import type { PlaySettings } from './options.js';
import { Cancellations, INJECTED } from './oracle/cancellations.js';
import type { Chooser } from './oracle/chooser.js';
import { EndlessSteps } from './oracle/endless-steps.js';
import { LateSettlingTime, LateVirtualTime, type RunStrategy } from './oracle/late-strategies.js';
import { Oracle } from './oracle/oracle.js';
import { OraclePolicy } from './oracle/oracle-policy.js';
import { SlowSteps } from './oracle/slow-steps.js';
import type { Reorderings } from './reorderings.js';

/** One run that was played. */
export interface Played {
  readonly hasFailed: boolean;
  /** What it failed with. */
  readonly error: unknown;
  readonly choices: readonly number[];
  /** How many choices let another task run than would have by itself. */
  readonly switches: number;
  readonly steps: number;
  /** Tells apart in which order the tasks took their steps. */
  readonly order: number;
  /** The id of the task that was cancelled last by a choice. */
  readonly victim: number | undefined;
  /** A number for each step: two runs are the same up to the first that differs. Empty unless it was asked for. */
  readonly trail: readonly number[];
}

/** What watches a run. */
export interface Watch {
  readonly reorderings?: Reorderings;
  /** Whether to keep the trail. */
  readonly trail?: boolean;
  /** Makes an instrument for the run. */
  readonly instrument?: (clock: VirtualClock, policy: OraclePolicy) => Instrument;
}

type AnyProgram = (run: Exploration) => unknown;

/** Plays runs of one program: each with a loop of its own, under a chooser. */
export class Player {
  /** How many runs and steps it has played. */
  plays = 0;
  steps = 0;
  /** Whether its runs let the host run. */
  hasPromises = false;

  constructor(
    private readonly program: AnyProgram,
    private readonly settings: PlaySettings,
  ) {}

  /** @throws what the loop says about the handlers, InvalidChoiceError, and ChooserFailedError; an error of the program is in the result */
  async play(chooser: Chooser, seed: number, watch: Watch = {}): Promise<Played> {
    chooser.runStarted(seed);
    const trail: number[] = [];
    const oracle = new Oracle(chooser, this.settings.mostSteps, watch.trail ? trail : undefined);
    const cancellations = new Cancellations();
    const run = new Exploration(oracle, cancellations);
    const endless = new EndlessSteps(oracle, this.settings.mostSteps);
    const { loop, strategy } = this.#loopOf(oracle, cancellations, endless, watch);
    const failure = await this.#failureOf(loop, run, endless);
    if (oracle.fault !== undefined) throw oracle.fault;
    this.plays++;
    this.steps += oracle.steps;
    const { choices, switches, steps, order } = oracle;
    const error = failure && (oracle.stopped ?? strategy.stuck ?? failure.error);
    const victim = cancellations.last?.id;
    return { hasFailed: failure !== undefined, error, choices, switches, steps, order, victim, trail };
  }

  /** A loop of its own for each run: so nothing of one is left for the next. */
  #loopOf(oracle: Oracle, cancellations: Cancellations, endless: EndlessSteps, { instrument, reorderings }: Watch) {
    const { lateness, patience, promises, slowSteps } = this.settings;
    const clock = new VirtualClock();
    const slow = new SlowSteps(oracle, clock, slowSteps);
    const policy = new OraclePolicy(oracle, cancellations, slow, reorderings);
    const own = checkedHandlers(this.settings.handlers(clock));
    this.hasPromises = promises ?? own.some(handler => handler.needsHost);
    const strategy: RunStrategy = this.hasPromises
      ? new LateSettlingTime(clock, oracle, lateness, patience)
      : new LateVirtualTime(clock, oracle, lateness);
    const handlers = [...builtIn(clock), ...(this.hasPromises ? forPromises() : []), ...own];
    const instruments: Instrument[] = this.hasPromises ? [endless] : [];
    if (instrument !== undefined) instruments.push(instrument(clock, policy));
    return { strategy, loop: new EventLoop({ strategy, handlers, policy, instruments }) };
  }

  /** @returns undefined if the run has passed */
  async #failureOf(
    loop: EventLoop<LoopEvent>,
    run: Exploration,
    endless: EndlessSteps,
  ): Promise<{ readonly error: unknown } | undefined> {
    try {
      const program = this.#programOf(run);
      if (this.hasPromises) await loop.run(program);
      else endless.during(() => loop.runSync(program));
    } catch (error) {
      if (!(error instanceof Cancelled && error.reason === INJECTED)) return { error };
    }
    try {
      run.finish();
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** A task is named after the function that makes its body. */
  #programOf(run: Exploration): Program<unknown, LoopEvent> {
    // Without a receiver: it would show in the names of frames.
    const program = this.program;
    const made = program(run) as Program<unknown, LoopEvent>;
    const name = programName(program as never);
    if (typeof made === 'function' || name === undefined) return made;
    const makes = () => made;
    return Object.defineProperty(makes, 'name', { value: name });
  }
}

function checkedHandlers(made: unknown): readonly EventHandler[] {
  if (Array.isArray(made)) return made;
  const fault = `the function \`handlers\` returned ${describe(made)}, expected a list of handlers: write \`clock => [new MyHandler(clock)]\`.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

function builtIn(clock: VirtualClock): EventHandler[] {
  return [new SleepHandler(clock), new SyncHandler(), new MemoryHandler()] as EventHandler[];
}

function forPromises(): EventHandler[] {
  return [new PromiseHandler(), new ActionHandler(), new SubscriptionHandler()] as EventHandler[];
}
