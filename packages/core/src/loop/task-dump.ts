import type { Instant } from '../events/instant.js';
import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';

const MOST_LINES = 20;

/** @internal When each task began to wait, where somebody kept note of that. */
export type WaitingSince = (task: Task) => Instant | undefined;

/**
 * @internal A line for each task that has not ended, indented below its parent: its name, what keeps it, since when. Of
 * very many the first ones; at the end a circle of tasks that wait for each other, if there is one.
 */
export function dumpTasks(root: Task, since: WaitingSince = () => undefined, mostLines = MOST_LINES): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const task of treeOf(root)) {
    if (lines.length < mostLines) lines.push(`${'  '.repeat(depthOf(task))}${describeWait(task, since(task))}`);
    else left++;
  }
  if (left > 0) lines.push(`and ${left} more`);
  const circle = findCircle(root);
  if (circle !== undefined) lines.push(`in a circle: ${circle.map(task => `"${task.name}"`).join(' waits for ')}`);
  return lines;
}

function describeWait(task: Task, since: Instant | undefined): string {
  const name = `task "${task.name}"`;
  if (task.waitsFor === undefined) {
    return task.state === 'finishing' ? `${name} is finished and waits for its children` : `${name} is ${task.state}`;
  }
  return `${name} waits for ${task.waitsFor}${since === undefined ? '' : ` since ${since.toFixed(1)} ms`}`;
}

function depthOf(task: Task): number {
  let depth = 0;
  for (let parent = task.parent; parent !== undefined; parent = parent.parent) depth++;
  return depth;
}

/** Tasks each of which waits for the next, the first one again at the end. */
function findCircle(root: Task): Task[] | undefined {
  const cleared = new Set<Task>();
  for (const start of treeOf(root)) {
    const path: Task[] = [];
    for (let task: Task | undefined = start; task !== undefined && !cleared.has(task); task = blockerOf(task)) {
      const before = path.indexOf(task);
      if (before >= 0) return [...path.slice(before), task];
      path.push(task);
    }
    for (const task of path) cleared.add(task);
  }
  return undefined;
}

/** The one task that this one waits for. Where there are several, the others may still come. */
function blockerOf(task: Task): Task | undefined {
  const blockers = [...(task.waitsFor?.blockers() ?? (task.state === 'finishing' ? task.children : []))];
  return blockers.length === 1 ? blockers[0] : undefined;
}
