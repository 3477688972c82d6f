import { firstIndexOf, stepAt, type Trace, type TraceStep, type TraceTask } from '../trace.js';
import { counted, oneLine } from './text.js';

/** A row of a view: a step, or the steps that are left out there. */
export type Row = { readonly step: TraceStep } | { readonly leftOut: readonly TraceStep[] };

/** What a view shows of a trace. */
export interface Excerpt {
  /** Those that have a column, parents before their children. */
  readonly tasks: readonly TraceTask[];
  readonly rows: readonly Row[];
  /** The steps that have no row of their own. */
  readonly leftOut: readonly TraceStep[];
}

/**
 * What matters of a trace: the tasks of the pair and those that deal with them, the steps nearest to the pair and to the end.
 *
 * @param mostSteps how many steps have a row of their own
 * @param mostTasks how many tasks have a column
 */
export function excerptOf(trace: Trace, mostSteps: number, mostTasks: number): Excerpt {
  const tasks = tasksThatMatter(trace, mostTasks);
  const shown = nearestSteps(trace, tasks, mostSteps);
  return { tasks, rows: rowsOf(trace, shown), leftOut: trace.steps.filter(step => !shown.has(step)) };
}

/** Which tasks matter was found out for the order of the pair. Of these, all if there is room; else those of the pair and those that deal with them; without a pair the first that is cancelled, and those with the most steps. */
function tasksThatMatter(trace: Trace, most: number): TraceTask[] {
  const counts = stepCounts(trace);
  const isLeftOut = ({ matters }: TraceTask) => trace.pair !== undefined && matters === false;
  const tasks = trace.tasks.filter(task => counts.has(task.id) && !isLeftOut(task));
  if (tasks.length <= most) return tasks;
  const { ofPair, dealing } = relationsOf(trace);
  // Without a pair, a cancellation may be what decides.
  const cancelled = ofPair.size > 0 ? undefined : trace.steps.find(({ cause }) => cause === 'cancelled')?.task;
  const rank = ({ id }: TraceTask) => (ofPair.has(id) || id === cancelled ? 2 : dealing.has(id) ? 1 : 0);
  const related = tasks.filter(task => ofPair.size === 0 || rank(task) > 0);
  const byRank = related.sort((a, b) => rank(b) - rank(a) || counts.get(b.id)! - counts.get(a.id)!);
  const chosen = new Set(byRank.slice(0, most));
  return tasks.filter(task => chosen.has(task));
}

/** How many steps each task has taken. */
function stepCounts({ steps }: Trace): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { task } of steps) counts.set(task, (counts.get(task) ?? 0) + 1);
  return counts;
}

/** The tasks of the pair, and those that woke them or were woken by them. */
function relationsOf(trace: Trace): { readonly ofPair: Set<number>; readonly dealing: Set<number> } {
  const { steps, pair } = trace;
  const ofPair = new Set(pair?.flatMap(index => stepAt(trace, index)?.task ?? []));
  const dealing = new Set<number>();
  for (const { task, wokenBy } of steps) {
    const waker = stepAt(trace, wokenBy)?.task;
    if (waker === undefined) continue;
    if (ofPair.has(task)) dealing.add(waker);
    if (ofPair.has(waker)) dealing.add(task);
  }
  return { ofPair, dealing };
}

/** Nearest to those of the pair, and to the last one, after which the run failed. */
function nearestSteps({ steps, pair }: Trace, tasks: readonly TraceTask[], most: number): Set<TraceStep> {
  const ids = new Set(tasks.map(({ id }) => id));
  const points = [...(pair ?? []), firstIndexOf(steps) + steps.length - 1];
  const distance = ({ index }: TraceStep) => Math.min(...points.map(point => Math.abs(point - index)));
  const candidates = steps.filter(({ task }) => ids.has(task));
  return new Set(candidates.sort((a, b) => distance(a) - distance(b)).slice(0, most));
}

function rowsOf({ steps }: Trace, shown: ReadonlySet<TraceStep>): Row[] {
  const rows: Row[] = [];
  let leftOut: TraceStep[] | undefined;
  for (const step of steps) {
    if (shown.has(step)) {
      leftOut = undefined;
      rows.push({ step });
    } else if (leftOut === undefined) {
      leftOut = [step];
      rows.push({ leftOut });
    } else leftOut.push(step);
  }
  return rows;
}

/** `12 steps of 3 other tasks` */
export function leftOutText(steps: readonly TraceStep[], shown: readonly TraceTask[]): string {
  const ids = new Set(shown.map(({ id }) => id));
  const tasks = new Set(steps.map(({ task }) => task));
  const areOthers = ![...tasks].some(id => ids.has(id));
  return `${counted(steps.length, 'step')} of ${counted(tasks.size, areOthers ? 'other task' : 'task')}`;
}

/** Its name; `task 3` if it has none. */
export function taskTitle({ id, name }: TraceTask): string {
  return oneLine(name) || `task ${id}`;
}
