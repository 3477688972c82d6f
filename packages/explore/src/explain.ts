import type { CriticalStep, Decision, Found } from './failure.js';
import type { ExploreSettings } from './options.js';
import type { Played, Player } from './player.js';
import { type Cause, CriticalPairSearch } from './shrinking/critical-pair.js';
import type { Alternative } from './shrinking/order-chooser.js';
import { isSameFailure } from './shrinking/same-failure.js';
import { deviationsIn, Shrinker, trimmed } from './shrinking/shrink.js';
import { tasksThatMatter } from './shrinking/tasks-that-matter.js';
import { ScheduleChooser } from './strategies/schedule-chooser.js';
import { tokenOf } from './token.js';
import type { Trace } from './trace.js';
import { divergenceOf, traceRun } from './tracing/traced-run.js';

/** Turns a run that has failed into what people need: shrunk, traced, with the pair of steps that decides. */
export async function explain(player: Player, failed: Played, run: number, settings: ExploreSettings): Promise<Found> {
  const before = player.plays;
  const isSame = isSameFailure(failed.error);
  // Twice the same schedule: if the two differ, there is nothing that could be shrunk.
  const again = await traceRun(player, new ScheduleChooser(failed.choices));
  const first = await player.play(new ScheduleChooser(failed.choices), 0, { trail: true });
  const divergence = divergenceOf(again, first);
  const isRepeatable = divergence === undefined && isSame(again.played);
  const cause: Cause = isRepeatable
    ? await shrink(player, isSame, failed.choices)
    : { choices: trimmed(failed.choices), last: undefined, pair: undefined, others: [] };
  const traced = isRepeatable ? await traceRun(player, new ScheduleChooser(cause.choices)) : again;
  const trace: Trace = { ...traced.trace, pair: cause.pair };
  const marked = isRepeatable ? await markTasks(player, isSame, trace, cause) : trace;
  return {
    error: isRepeatable ? traced.played.error : failed.error,
    token: tokenOf(settings.name, cause.choices, traced.played.trail),
    name: settings.name,
    run,
    seed: settings.seed,
    found: { deviations: deviationsIn(failed.choices).length, steps: failed.steps },
    shrunk: { deviations: deviationsIn(cause.choices).length, steps: traced.played.steps },
    plays: player.plays - before,
    trace: marked,
    pair: cause.pair && { first: criticalStep(trace, cause.pair[0]), second: criticalStep(trace, cause.pair[1]) },
    decision: cause.last && decisionOf(trace, cause.last),
    divergence: divergence ?? (isRepeatable ? undefined : divergenceOf(again, failed, 0)),
  };
}

async function shrink(player: Player, isSame: (played: Played) => boolean, choices: readonly number[]): Promise<Cause> {
  const shrunk = await new Shrinker(player, isSame, choices).shrink();
  return new CriticalPairSearch(player, isSame).find(shrunk);
}

async function markTasks(
  player: Player,
  isSame: (played: Played) => boolean,
  trace: Trace,
  { others }: Cause,
): Promise<Trace> {
  const matter = await tasksThatMatter(player, isSame, trace, others);
  return { ...trace, tasks: trace.tasks.map(task => ({ ...task, matters: matter.has(task.id) })) };
}

function criticalStep(trace: Trace, index: number): CriticalStep {
  const step = trace.steps[index];
  const stack = step?.resumedAt.length ? step.resumedAt : (step?.stoppedAt ?? []);
  return { index, task: nameOf(trace, step?.task), site: stack[0], stack };
}

function decisionOf(trace: Trace, { kind, chosen, step, instead }: Alternative): Decision {
  const next = `task "${nameOf(trace, trace.steps[step]?.task)}"`;
  const what = {
    preempt: () => `task "${nameOf(trace, instead)}" was preempted by ${next}`,
    next: () => `${next} went on before task "${nameOf(trace, instead)}"`,
    select: () => `choice ${chosen} of a select, or of the order of handlers, came first`,
    late: () => 'a sleep ended late',
    random: () => `run.random() gave ${chosen} of 1000`,
    choose: () => `run.choose() gave ${chosen}`,
    link: () => 'a stream in memory moved fewer bytes, or failed',
    cancel: () => `a task was cancelled after step ${step - 1}`,
  }[kind]();
  return { kind, what, after: step - 1 };
}

function nameOf({ tasks }: Trace, id: number | undefined): string {
  return tasks.find(task => task.id === id)?.name ?? `task-${id}`;
}
