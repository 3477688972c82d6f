import { describe } from '../errors/describe.js';
import type { Instrument, LoopWarning } from '../extension-points/instrument.js';
import type { Task } from '../tasks/task.js';

/** @internal */
export function cancellationSwallowed(task: Task, instead: string): LoopWarning {
  return {
    code: 'ESC_CANCELLATION_SWALLOWED',
    message: `task "${task.name}" was cancelled, and ${instead} all the same. Let Cancelled pass; what must still wait goes into shield(...).`,
    task,
  };
}

/** @internal */
export function instrumentFailed(instrument: Instrument, hook: string, thrown: unknown): LoopWarning {
  const name = instrument.constructor?.name ?? 'Object';
  return {
    code: 'ESC_INSTRUMENT_FAILED',
    message: `an instrument${name === 'Object' ? '' : ` of class ${name}`} threw in ${hook}: ${describe(thrown)}. It is switched off for the rest of this loop's life. Catch errors inside the hook.`,
    task: undefined,
  };
}
