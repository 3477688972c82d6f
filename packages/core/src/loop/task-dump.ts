import { describe } from '../errors/describe.js';
import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';
import type { HandlerTable } from './handler-table.js';

const MOST_LINES = 20;
/** Of a whole dump. */
const MOST_OF_ALL = 10_000;
/** A chain of tasks may be a hundred thousand deep. */
const MOST_INDENTED = 20;

/**
 * @internal A line for each task that has not ended, indented below its parent, at most `mostLines` and 10,000; then a circle of tasks
 * that wait for each other, if there is one.
 */
export function dumpTasks(
  root: Task,
  handlers: HandlerTable,
  notesOn: (task: Task) => string,
  mostLines = MOST_LINES,
): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const task of treeOf(root)) {
    if (lines.length < Math.min(mostLines, MOST_OF_ALL))
      lines.push(indented(task) + describeWait(task) + notesOn(task));
    else left++;
  }
  if (left > 0) lines.push(`and ${left} more`);
  const circle = findCircle(root, handlers);
  if (circle !== undefined) lines.push(`in a circle: ${describeCircle(circle)}`);
  return lines;
}

function describeCircle(circle: readonly Task[]): string {
  const names = circle.map(({ name }) => `"${name}"`);
  const left = names.length - MOST_LINES;
  if (left > 0) names.splice(MOST_LINES - 1, left, `${left} more`);
  return names.join(' waits for ');
}

function describeWait(task: Task): string {
  const name = `task "${task.name}"`;
  if (task.waitsFor === undefined) {
    return task.state === 'finishing' ? `${name} is finished and waits for its children` : `${name} is ${task.state}`;
  }
  return `${name} waits for ${describe(task.waitsFor)}`;
}

function indented(task: Task): string {
  let indent = '';
  for (let parent = task.parent; parent !== undefined; parent = parent.parent) {
    if (indent.length === 2 * MOST_INDENTED) return `${indent}... `;
    indent += '  ';
  }
  return indent;
}

/** Tasks each of which waits for the next; the last is the first again. */
function findCircle(root: Task, handlers: HandlerTable): Task[] | undefined {
  const cleared = new Set<Task>();
  for (const start of treeOf(root)) {
    const path = new Set<Task>();
    for (let task: Task | undefined = start; task && !cleared.has(task); task = blockerOf(task, handlers)) {
      if (path.has(task)) {
        const tasks = [...path];
        return [...tasks.slice(tasks.indexOf(task)), task];
      }
      path.add(task);
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
