import type { TaskState } from '@escapement/core';
import pc from 'picocolors';
import type { LoopReport, ProcessReport, TaskLine, ThreadReport } from './loop-report.js';
import { spoken } from './spoken-duration.js';
import { count, cut, harmless, padded, widthOf } from './text.js';
import { branchesOf } from './tree-branches.js';

/** How to show a report. */
export interface ShowOptions {
  readonly hasColours: boolean;
  /** The columns of the terminal; undefined: lines are never cut. */
  readonly columns: number | undefined;
}

/** A row of the tree, not aligned yet. */
interface Row {
  readonly depth: number;
  readonly name: string;
  readonly does: string;
  readonly age: string;
  readonly tint: (text: string) => string;
}

const GAP = '  ';
const MOST_NAME = 60;
/** However deep it is in the tree. */
const LEAST_NAME = 20;
/** Even on a narrow terminal, where a line is broken then. */
const LEAST_REST = 30;
const STATES: Readonly<Record<TaskState, string>> = {
  spawned: 'is ready for its first step',
  ready: 'is ready',
  running: 'runs',
  waiting: 'waits',
  finishing: 'is done, waits for its children',
  succeeded: 'has succeeded',
  failed: 'has failed',
  cancelled: 'was cancelled',
};
const NO_TIMES =
  'Since when tasks wait is not known (-): load waitTimesModule() from @escapement/observe/module, or new WaitTimes(clock).';

/** What a process does, as text for people. */
export function showProcess(report: ProcessReport, options: ShowOptions): string {
  const { bold, dim } = pc.createColors(options.hasColours);
  const [, ...command] = report.command;
  const head = `${bold(`process ${report.pid}`)}  ${dim(`node ${report.node}, up ${spoken(report.uptime)}`)}`;
  const program =
    command.length === 0 ? [] : [dim(`  ${cut(harmless(command.join(' ')), options.columns ?? Infinity)}`)];
  return [head, ...program, ...showThreads(report.threads, options)].join('\n');
}

/** @returns lines; those of threads without a loop are left out, if another has one */
export function showThreads(threads: readonly ThreadReport[], options: ShowOptions): string[] {
  const shown = threads.filter(({ loops, problem }) => loops.length > 0 || problem !== undefined);
  if (shown.length === 0) return ['', 'No loop of Escapement runs in this process now.'];
  const reports = threads.flatMap(({ loops }) => loops);
  const lacksTimes = reports.some(({ hasTimes, taskCount }) => !hasTimes && taskCount > 0);
  return [...shown.flatMap(thread => showThread(thread, options)), ...(lacksTimes ? ['', NO_TIMES] : [])];
}

function showThread({ name, loops, problem }: ThreadReport, options: ShowOptions): string[] {
  const { bold, yellow } = pc.createColors(options.hasColours);
  const title = bold(harmless(name));
  if (problem !== undefined) return ['', `${title}: ${yellow(harmless(problem))}`];
  return loops.flatMap((loop, index) => {
    const which = loops.length === 1 ? '' : `, loop ${index + 1} of ${loops.length}`;
    return ['', `${title}${which}: ${summaryOf(loop)}`, ...showLoop(loop, options)];
  });
}

function summaryOf({ strategy, waits, policy, sleepsFor }: LoopReport): string {
  const sleep =
    sleepsFor === undefined
      ? 'is awake'
      : sleepsFor === null
        ? 'sleeps until something wakes it'
        : `sleeps for another ${spoken(sleepsFor)}`;
  return harmless(`${strategy} (${waits}), ${policy}; ${sleep}`);
}

function showLoop(loop: LoopReport, options: ShowOptions): string[] {
  const { dim, red } = pc.createColors(options.hasColours);
  const circle = loop.circle?.map(name => `"${harmless(name)}"`).join(' waits for ');
  return [
    dim(countsOf(loop)),
    ...(circle === undefined ? [] : [red(`in a circle: ${circle}`)]),
    '',
    ...showTree(loop, options),
    ...showReady(loop, options),
    ...showSlowSteps(loop, options),
  ];
}

function countsOf({ taskCount, states, metrics, isPartial }: LoopReport): string {
  const tasks = `${isPartial ? 'at least ' : ''}${count(taskCount)} task${taskCount === 1 ? '' : 's'}`;
  const each = Object.entries(states).map(([state, number]) => `${count(number)} ${state}`);
  const inFlight = Object.entries(metrics?.inFlight ?? {}).filter(([, number]) => number > 0);
  const flying = inFlight.map(([handler, number]) => `${handler} ${count(number)}`).join(', ');
  return harmless(`${tasks}: ${each.join(', ')}${flying === '' ? '' : `; in flight: ${flying}`}`);
}

function showTree(loop: LoopReport, { hasColours, columns = Infinity }: ShowOptions): string[] {
  const { dim } = pc.createColors(hasColours);
  const rows = rowsOf(loop.lines, hasColours);
  const branches = branchesOf(rows.map(({ depth }) => depth));
  const names = rows.map(({ name }, index) => cut(name, Math.max(LEAST_NAME, MOST_NAME - widthOf(branches[index]!))));
  const nameWidth = widest(names, (name, index) => widthOf(branches[index]!) + widthOf(name));
  const ageWidth = widest(rows, ({ age }) => widthOf(age));
  const rest = Math.max(LEAST_REST, columns - nameWidth - ageWidth - 2 * GAP.length);
  const lines = rows.map(({ age, does, tint }, index) => {
    const branch = branches[index]!;
    const name = padded(names[index]!, nameWidth - widthOf(branch));
    return `${dim(branch)}${name}${GAP}${dim(padded(age, ageWidth))}${GAP}${tint(cut(does, rest))}`.trimEnd();
  });
  return loop.hidden === 0 ? lines : [...lines, dim(`and ${count(loop.hidden)} more tasks (--all shows them)`)];
}

/** The children that no line stands for come behind the others. */
function rowsOf(lines: readonly TaskLine[], hasColours: boolean): Row[] {
  const rows: Row[] = [];
  const parents: TaskLine[] = [];
  const endBelow = (depth: number) => {
    while (parents.length > 0 && parents.at(-1)!.depth >= depth) rows.push(hiddenRow(parents.pop()!, hasColours));
  };
  for (const line of lines) {
    endBelow(line.depth);
    rows.push(rowOf(line, hasColours));
    if (line.hidden !== undefined) parents.push(line);
  }
  endBelow(0);
  return rows;
}

function rowOf(line: TaskLine, hasColours: boolean): Row {
  const { green, yellow } = pc.createColors(hasColours);
  const { depth, state, age } = line;
  const times = line.count === 1 ? '' : ` x ${count(line.count)}`;
  return {
    depth,
    name: harmless(line.name) + times,
    age: age === undefined ? '-' : spokenRange(age),
    does: harmless(doesWhat(line)),
    tint: state === 'running' ? green : state === 'ready' || state === 'spawned' ? yellow : asItIs,
  };
}

function hiddenRow({ depth, hidden }: TaskLine, hasColours: boolean): Row {
  const name = `and ${count(hidden!)} more`;
  return {
    depth: depth + 1,
    name,
    age: '',
    does: 'of other kinds (--all shows them)',
    tint: pc.createColors(hasColours).dim,
  };
}

function doesWhat({ state, waitsFor, heldBy, note, isDaemon, isCancelled }: TaskLine): string {
  const holders = heldBy?.map(name => `"${name}"`).join(' and ');
  return [
    waitsFor === undefined ? STATES[state] : inPlainWords(waitsFor),
    ...(holders === undefined ? [] : [`held by ${holders}`]),
    ...(isCancelled ? ['cancelled'] : []),
    ...(isDaemon ? ['daemon'] : []),
    ...(note === undefined ? [] : [note]),
  ].join(', ');
}

/** The events that every program has; others as they describe themselves. */
function inPlainWords(event: string): string {
  const [, duration] = /^SleepFor\(duration=([\d.]+)\)$/.exec(event) ?? [];
  if (duration !== undefined) return `sleeps for ${spoken(Number(duration))}`;
  const [, task] = /^Join\(task (".*")\)$/s.exec(event) ?? [];
  if (task !== undefined) return `waits for the end of task ${task}`;
  return /^Sleep(?:For)?$/.test(event) ? 'sleeps' : `waits for ${event}`;
}

function showReady({ ready, states }: LoopReport, { hasColours }: ShowOptions): string[] {
  const total = (states.ready ?? 0) + (states.spawned ?? 0);
  if (total === 0) return [];
  const rows = ready.map(({ name, age }) => [age === undefined ? '-' : spoken(age), harmless(name)] as const);
  const left = total - ready.length;
  return [
    '',
    ready.some(({ age }) => age !== undefined) ? 'ready, the longest first' : 'ready',
    ...indented(rows, hasColours),
    ...(left === 0 ? [] : [`  and ${count(left)} more`]),
  ];
}

function showSlowSteps({ slowSteps = [] }: LoopReport, { hasColours }: ShowOptions): string[] {
  if (slowSteps.length === 0) return [];
  const rows = slowSteps.map(({ task, took, ago }) => [spoken(took), `${harmless(task)}, ${spoken(ago)} ago`] as const);
  return ['', 'slow steps, the last first', ...indented(rows, hasColours)];
}

function indented(rows: readonly (readonly [time: string, text: string])[], hasColours: boolean): string[] {
  const { dim } = pc.createColors(hasColours);
  const width = widest(rows, ([time]) => widthOf(time));
  return rows.map(([time, text]) => `  ${dim(padded(time, width))}${GAP}${text}`);
}

function spokenRange([least, most]: readonly [number, number]): string {
  const [from, to] = [spoken(least), spoken(most)];
  return from === to ? from : `${from} to ${to}`;
}

function widest<T>(items: readonly T[], width: (item: T, index: number) => number): number {
  return items.reduce((most, item, index) => Math.max(most, width(item, index)), 0);
}

function asItIs(text: string): string {
  return text;
}
