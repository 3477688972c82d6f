import type { Task } from '../tasks/task.js';
import type { Instrument } from './instrument.js';

/** Something that is probably a mistake and harms nobody yet. Goes to `Instrument.warned`, or else to the console. */
export interface LoopWarning {
  /** `ESC_...` if these packages warn. */
  readonly code: string;
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

/** @internal To whoever listens for warnings; where nobody does, to the console. */
export function sendWarning(warning: LoopWarning, instrument: Instrument | undefined): void {
  if (instrument?.warned !== undefined) instrument.warned(warning);
  else (globalThis as { console?: { warn(text: string): void } }).console?.warn(`${warning.code}: ${warning.message}`);
}
