import type { Chooser } from '../oracle/chooser.js';
import type { Played, Player } from '../player.js';
import { stepAt, type Trace } from '../trace.js';
import { Divergence, type OutsideCall } from './divergence.js';
import { OutsideCalls } from './outside-calls.js';
import { Patches } from './patches.js';
import { Sites } from './sites.js';
import { Tracer } from './tracer.js';

/** A run with all that is known of it. */
export interface TracedRun {
  readonly played: Played;
  readonly trace: Trace;
  /** The calls of random numbers, clocks and timers of the host during its steps. */
  readonly calls: readonly OutsideCall[];
}

/** Plays a run and traces it. During its steps some methods of core and of the host are replaced by such that note who calls them. */
export async function traceRun(player: Player, chooser: Chooser): Promise<TracedRun> {
  const sites = new Sites();
  const patches = new Patches();
  let tracer: Tracer | undefined;
  const outside = new OutsideCalls(() => tracer?.present);
  sites.install(patches);
  outside.install(patches);
  const played = await player.play(chooser, 0, {
    trail: true,
    instrument: (clock, policy) => {
      tracer = new Tracer(clock, policy, sites, patches);
      return tracer;
    },
  });
  return { played, trace: tracer!.trace(played.error), calls: outside.calls };
}

/** Where a traced run took another way than a run before it that made the same choices. */
export function divergenceOf(traced: TracedRun, before: Played): Divergence | undefined {
  const { played, calls } = traced;
  const step = firstDifference(played.trail, before.trail);
  if (step !== undefined) return divergenceAt(step, traced, false);
  return played.hasFailed === before.hasFailed ? undefined : new Divergence(calls);
}

/**
 * Where a traced run took another way than the one of its token, although it was the same each time that it was repeated.
 *
 * @param step the first that differs, as far as the token tells
 */
export function divergenceFromToken(traced: TracedRun, step: number | undefined): Divergence | undefined {
  return step === undefined ? undefined : divergenceAt(step, traced, true);
}

function divergenceAt(step: number, { trace, calls }: TracedRun, isFromToken: boolean): Divergence {
  const found = stepAt(trace, step);
  const task = trace.tasks.find(({ id }) => id === found?.task)?.name;
  const earlier = calls.filter(call => call.step <= step);
  const site = found?.resumedAt[0] ?? found?.stoppedAt[0];
  return new Divergence(earlier.length > 0 ? earlier : calls, { step, task, site, cause: found?.cause, isFromToken });
}

function firstDifference(one: readonly number[], other: readonly number[]): number | undefined {
  const length = Math.max(one.length, other.length);
  for (let step = 0; step < length; step++) if (one[step] !== other[step]) return step;
  return undefined;
}
