import type { Task } from './task.js';

/** Something that is probably a mistake and harms nobody yet. Goes to `Instrument.warned`, or else to the console. */
export interface LoopWarning {
  readonly code: `ESC_${string}`;
  readonly message: string;
  readonly task: Task;
}

/** @internal */
export function cancellationSwallowed(task: Task, instead: string): LoopWarning {
  return {
    code: 'ESC_CANCELLATION_SWALLOWED',
    message: `task "${task.name}" was cancelled, and ${instead} all the same. Let Cancelled pass; what must still wait goes into shield(...).`,
    task,
  };
}

/** @internal Where nobody listens for warnings. */
export function warnOnConsole(warning: LoopWarning): void {
  (globalThis as { console?: { warn(text: string): void } }).console?.warn(`${warning.code}: ${warning.message}`);
}
