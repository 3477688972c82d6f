import type { Debugging } from '../debug/debugging.js';
import { describe } from '../errors/describe.js';
import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';
import type { HandlerTable } from './handler-table.js';

const MOST_LINES = 20;

/**
 * @internal A line for each task that has not ended, indented below its parent, at most `mostLines`; then a circle of tasks
 * that wait for each other, if there is one.
 */
export function dumpTasks(
  root: Task,
  handlers: HandlerTable,
  debugging: Debugging | undefined,
  mostLines = MOST_LINES,
): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const task of treeOf(root)) {
    if (lines.length < mostLines) lines.push('  '.repeat(depthOf(task)) + describeWait(task, debugging));
    else left++;
  }
  if (left > 0) lines.push(`and ${left} more`);
  const circle = findCircle(root, handlers);
  if (circle !== undefined) lines.push(`in a circle: ${circle.map(task => `"${task.name}"`).join(' waits for ')}`);
  return lines;
}

function describeWait(task: Task, debugging: Debugging | undefined): string {
  const name = `task "${task.name}"`;
  if (task.waitsFor === undefined) {
    return task.state === 'finishing' ? `${name} is finished and waits for its children` : `${name} is ${task.state}`;
  }
  const since = debugging?.waitingSince(task);
  return `${name} waits for ${describe(task.waitsFor)}${since === undefined ? '' : ` since ${since.toFixed(1)} ms`}`;
}

function depthOf(task: Task): number {
  let depth = 0;
  for (let parent = task.parent; parent !== undefined; parent = parent.parent) depth++;
  return depth;
}

/** Tasks each of which waits for the next; the last is the first again. */
function findCircle(root: Task, handlers: HandlerTable): Task[] | undefined {
  const cleared = new Set<Task>();
  for (const start of treeOf(root)) {
    const path: Task[] = [];
    for (let task: Task | undefined = start; task && !cleared.has(task); task = blockerOf(task, handlers)) {
      const before = path.indexOf(task);
      if (before >= 0) return [...path.slice(before), task];
      path.push(task);
    }
    for (const task of path) cleared.add(task);
  }
  return undefined;
}

/** The task that this one waits for; undefined if there are several, any of which may end the wait. */
function blockerOf(task: Task, handlers: HandlerTable): Task | undefined {
  const ofBody = task.waitsFor === undefined ? [] : handlers.blockersOf(task.waitsFor);
  const [blocker, another] = task.state === 'finishing' ? task.children : ofBody;
  return another === undefined ? blocker : undefined;
}
