import { Cancelled, type EventHandler, EventLoop, type Instrument, programName } from '@escapement/core';
import { ActionHandler, PromiseHandler, SubscriptionHandler } from '@escapement/promises';
import { SleepHandler } from '@escapement/sleep';
import { MemoryHandler } from '@escapement/streams/memory';
import { SyncHandler } from '@escapement/sync';
import { VirtualClock } from '@escapement/virtual-time';
import { Exploration } from './exploration.js';
import type { PlaySettings } from './options.js';
import { Cancellations, INJECTED } from './oracle/cancellations.js';
import type { Chooser } from './oracle/chooser.js';
import { LateSettlingTime, LateVirtualTime } from './oracle/late-strategies.js';
import { Oracle } from './oracle/oracle.js';
import { OraclePolicy } from './oracle/oracle-policy.js';
import type { Reorderings } from './reorderings.js';

/** One run that was played. */
export interface Played {
  readonly hasFailed: boolean;
  /** What it failed with. */
  readonly error: unknown;
  readonly choices: readonly number[];
  readonly steps: number;
  /** Tells apart in which order the tasks took their steps. */
  readonly order: number;
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

  /** @throws what the loop says about the handlers, and InvalidChoiceError; an error of the program is in the result */
  async play(chooser: Chooser, seed: number, watch: Watch = {}): Promise<Played> {
    const clock = new VirtualClock();
    const trail: number[] | undefined = watch.trail ? [] : undefined;
    chooser.runStarted(seed);
    const oracle = new Oracle(chooser, this.settings.mostSteps, trail);
    const cancellations = new Cancellations();
    const policy = new OraclePolicy(oracle, cancellations, watch.reorderings);
    const run = new Exploration(oracle, cancellations);
    const own = this.settings.handlers(clock);
    this.hasPromises = this.settings.promises ?? own.some(handler => handler.needsHost);
    const Strategy = this.hasPromises ? LateSettlingTime : LateVirtualTime;
    const strategy = new Strategy(clock, oracle, this.settings.lateness);
    const handlers = [...builtIn(clock), ...(this.hasPromises ? forPromises() : []), ...own];
    const instruments = watch.instrument === undefined ? [] : [watch.instrument(clock, policy)];
    const loop = new EventLoop({ strategy, handlers, policy, instruments });
    let hasFailed = false;
    let error: unknown;
    try {
      const program = this.#programOf(run) as never;
      if (this.hasPromises) await loop.run(program);
      else loop.runSync(program);
    } catch (thrown) {
      hasFailed = !(thrown instanceof Cancelled && thrown.reason === INJECTED);
      error = oracle.livelock ?? strategy.stuck ?? thrown;
    }
    if (oracle.fault !== undefined) throw oracle.fault;
    try {
      if (!hasFailed) run.finish();
    } catch (thrown) {
      hasFailed = true;
      error = thrown;
    }
    this.plays++;
    this.steps += oracle.steps;
    const { choices, steps, order } = oracle;
    return { hasFailed, error: hasFailed ? error : undefined, choices, steps, order, trail: trail ?? [] };
  }

  /** A task is named after the function that makes its body. */
  #programOf(run: Exploration): unknown {
    // Without a receiver: it would show in the names of frames.
    const program = this.program;
    const made = program(run);
    const name = programName(program as never);
    if (typeof made === 'function' || name === undefined) return made;
    return Object.defineProperty(() => made, 'name', { value: name });
  }
}

function builtIn(clock: VirtualClock): EventHandler[] {
  return [new SleepHandler(clock), new SyncHandler(), new MemoryHandler()] as EventHandler[];
}

function forPromises(): EventHandler[] {
  return [new PromiseHandler(), new ActionHandler(), new SubscriptionHandler()] as EventHandler[];
}
