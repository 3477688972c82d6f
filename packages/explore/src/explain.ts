import { RANDOM_NUMBERS } from './exploration.js';
import type { CriticalPair, CriticalStep, Decision, Found } from './failure.js';
import type { ExploreSettings } from './options.js';
import type { Played, Player } from './player.js';
import type { ScheduleSize } from './schedule-size.js';
import { Budget, type Work } from './shrinking/budget.js';
import { type Cause, CriticalPairSearch } from './shrinking/critical-pair.js';
import { isSameFailure } from './shrinking/same-failure.js';
import { deviationsIn, Shrinker, trimmed } from './shrinking/shrink.js';
import { tasksThatMatter } from './shrinking/tasks-that-matter.js';
import { type LastChoice, ScheduleChooser } from './strategies/schedule-chooser.js';
import { tokenOf } from './token.js';
import { stepAt, type Trace } from './trace.js';
import { Divergence } from './tracing/divergence.js';
import { divergenceOf, type TracedRun, traceRun } from './tracing/traced-run.js';

/** A run that has failed. */
export interface FailedRun {
  readonly played: Played;
  /** Its place among the runs, from 1. */
  readonly run: number;
  /** The first run, in the explorer's own order. */
  readonly first: Played;
}

/** Turns a run that has failed into what people need: shrunk, traced, with the pair of steps that decides. */
export async function explain(player: Player, failure: FailedRun, settings: ExploreSettings): Promise<Found> {
  const { played: failed, run, first } = failure;
  const before = player.plays;
  const repeated = await repeat(player, failed);
  const { cause, traced, stoppedAfter } =
    settings.shrink && repeated.divergence === undefined
      ? await shrink(player, repeated)
      : { ...repeated, stoppedAfter: undefined };
  const { trace } = traced;
  // The first run made the same choices, and passed.
  const isOwnOrder = !first.hasFailed && deviationsIn(cause.choices).length === 0;
  const divergence = repeated.divergence ?? (isOwnOrder ? divergenceOf(traced, first) : undefined);
  return {
    error: repeated.divergence === undefined ? traced.played.error : failed.error,
    token: tokenOf(settings.name, cause.choices, traced.played.trail),
    name: settings.name,
    run,
    seed: settings.seed,
    found: sizeOf(failed, failed.choices),
    shrunk: sizeOf(traced.played, cause.choices),
    plays: player.plays - before,
    stoppedAfter,
    trace,
    pair: pairOf(trace, cause),
    decision: cause.last && { ...decisionOf(traced, cause.last), otherwise: cause.otherwise },
    divergence,
  };
}

function sizeOf({ switches, steps }: Played, choices: readonly number[]): ScheduleSize {
  return { deviations: deviationsIn(choices).length, switches, steps };
}

interface Repeated {
  readonly traced: TracedRun;
  readonly cause: Cause;
  readonly divergence: Divergence | undefined;
}

/** Plays the schedule of a run twice more: if the three differ, there is nothing that could be shrunk. */
export async function repeat(player: Player, played: Played): Promise<Repeated> {
  const choices = trimmed(played.choices);
  const traced = await traceRun(player, new ScheduleChooser(choices));
  const again = await player.play(new ScheduleChooser(choices), 0, { trail: true });
  const isSame = played.hasFailed ? isSameFailure(played.error)(again) : !again.hasFailed;
  const divergence =
    divergenceOf(traced, again) ?? divergenceOf(traced, played) ?? (isSame ? undefined : new Divergence(traced.calls));
  const cause: Cause = { choices, order: [], others: [], last: undefined, pair: undefined, otherwise: 'passes' };
  return { traced, divergence, cause };
}

interface Shrunk extends Omit<Repeated, 'divergence'> {
  readonly stoppedAfter: string | undefined;
}

async function shrink(player: Player, { traced: { played } }: Repeated): Promise<Shrunk> {
  const budget = new Budget(player);
  const work: Work = { player, isSame: isSameFailure(played.error), budget };
  const shrunk = await new Shrinker(work, played.choices).shrink();
  const cause = await new CriticalPairSearch(work).find(shrunk);
  const stoppedAfter = budget.spent;
  const traced = await traceRun(player, new ScheduleChooser(cause.choices));
  const trace: Trace = { ...traced.trace, pair: cause.pair, otherwise: cause.otherwise };
  const matter = await tasksThatMatter(work, trace, cause);
  const victim = cause.last?.kind === 'cancel' ? traced.played.victim : undefined;
  const tasks = trace.tasks.map(task => ({ ...task, matters: matter.has(task.id) || task.id === victim }));
  return { cause, traced: { ...traced, trace: { ...trace, tasks } }, stoppedAfter };
}

function pairOf(trace: Trace, { pair, otherwise }: Cause): CriticalPair | undefined {
  return pair && { first: criticalStep(trace, pair[0]), second: criticalStep(trace, pair[1]), otherwise };
}

function criticalStep(trace: Trace, index: number): CriticalStep {
  const step = stepAt(trace, index);
  const stack = step?.resumedAt.length ? step.resumedAt : (step?.stoppedAt ?? []);
  return { index, task: nameOf(trace, step?.task), site: stack[0], stack };
}

function decisionOf(
  { trace, played }: TracedRun,
  { kind, chosen, step, call, instead }: LastChoice,
): Omit<Decision, 'otherwise'> {
  const next = `task "${nameOf(trace, stepAt(trace, step)?.task)}"`;
  const caller = step === 0 ? '' : `, by task "${nameOf(trace, stepAt(trace, step - 1)?.task)}"`;
  const which = `in its call ${call} of the run${caller}`;
  const what = {
    preempt: () => `task "${nameOf(trace, instead)}" was preempted by ${next}`,
    next: () => `${next} went on before task "${nameOf(trace, instead)}"`,
    select: () => `choice ${chosen} of a select, or of the order of handlers, came first`,
    late: () => 'a sleep ended late',
    slow: () => `step ${step - 1} took long`,
    random: () => `run.random() gave ${chosen} of ${RANDOM_NUMBERS} ${which}`,
    choose: () => `run.choose() gave ${chosen} ${which}`,
    link: () => 'a stream in memory moved fewer bytes, or failed',
    cancel: () => `task "${nameOf(trace, played.victim)}" was cancelled after step ${step - 1}`,
  }[kind]();
  return { kind, what, after: step - 1 };
}

function nameOf({ tasks }: Trace, id: number | undefined): string {
  return tasks.find(task => task.id === id)?.name ?? `task-${id}`;
}
