import type { Task } from '../tasks/task.js';

/** Something that is probably a mistake and harms nobody yet. Goes to `Instrument.warned`, or else to the console. */
export interface LoopWarning {
  /** `ESC_...` if these packages warn. */
  readonly code: string;
  readonly message: string;
  /** Undefined where the mistake is no task's, but an instrument's. */
  readonly task: Task | undefined;
}
