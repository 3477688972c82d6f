import type { Task } from './task.js';

const MOST_LINES = 20;

/** @internal A line for each task that has not ended: its name and what keeps it. Of very many, the first ones. */
export function describeWaits(root: Task): string[] {
  const lines: string[] = [];
  let left = 0;
  for (const task of root.tree()) {
    if (lines.length < MOST_LINES) lines.push(`task "${task.name}" ${describeWait(task)}`);
    else left++;
  }
  if (left > 0) lines.push(`and ${left} more`);
  return lines;
}

function describeWait(task: Task): string {
  if (task.waitsFor !== undefined) return `waits for ${task.waitsFor}`;
  if (task.state === 'finishing') return 'is finished and waits for its children';
  return `is ${task.state}`;
}
