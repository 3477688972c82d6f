import {
  type Clock,
  checkArgument,
  checkCallback,
  checkNumber,
  type Duration,
  describe,
  InvalidArgumentError,
} from '@escapement/core';
import type { CollectorPauses } from './collector-pauses.js';

/** Why a recorder made a dump by itself. */
export type DumpReason = 'slow step' | 'crash';

/** How much a `Recorder` keeps, and when it makes a dump by itself. */
export interface RecordingOptions {
  /** A dump shows the last so many seconds; 10 by default. */
  readonly seconds?: number;
  /**
   * The memory for records, in MiB; 16 by default. A step takes 72 bytes and a sleep 48, so 16 MiB hold some 230,000 steps: if there
   * are more in the given seconds, a dump shows less time. The names of tasks that ended come on top, as long as records of them are
   * kept.
   */
  readonly mebibytes?: number;
  /**
   * The loop's clock. Default: `performance.now()`, the clock of all strategies for real time. In virtual time pass `strategy.clock`;
   * `recordingModule` does it for you.
   */
  readonly clock?: Clock;
  /** The name of the loop in the trace; `'loop'` by default. Give each loop its own if you concatenate their dumps. */
  readonly name?: string;
  /** A step that takes so many milliseconds or more makes a dump, if `dumped` is given. Default: `Infinity`. */
  readonly slowStep?: Duration;
  /**
   * Gets a dump when a step was slow, and when the run breaks: a deadlock, or a plugin that failed. Called in the loop, which stands
   * still until it returns. The first fault of a run makes a dump. After a dump, no slow step makes another one for as many seconds as
   * a dump shows. What it throws, or what its promise is rejected with, is a warning on the console.
   */
  readonly dumped?: (dump: Uint8Array, reason: DumpReason) => unknown;
  /** Tells of pauses of the garbage collector. Default: `hostCollectorPauses` if the loop has the host's time, else none. */
  readonly collectorPauses?: CollectorPauses;
}

/** @internal */
export type CheckedOptions = Required<Pick<RecordingOptions, 'seconds' | 'mebibytes' | 'name' | 'slowStep'>> &
  RecordingOptions;

/** @internal @throws InvalidArgumentError */
export function checkOptions(options: RecordingOptions): CheckedOptions {
  const {
    seconds = 10,
    mebibytes = 16,
    clock,
    name = 'loop',
    slowStep = Infinity,
    dumped,
    collectorPauses,
  } = checkArgument('recording', options, 'object', 'an object of options, like { seconds: 10 }');
  checkNumber('recording', 'seconds', seconds, given => given > 0, 'seconds, above 0');
  checkNumber('recording', 'mebibytes', mebibytes, given => given > 0 && given <= 4096, 'MiB, above 0, at most 4096');
  checkNumber('recording', 'slowStep', slowStep, given => given >= 0, 'milliseconds, 0 or more');
  checkArgument('recording', name, 'string', 'a string for `name`');
  if (dumped !== undefined) checkCallback('recording', dumped, 'a function that takes the dump for `dumped`');
  if (collectorPauses !== undefined) {
    checkCallback('recording', collectorPauses, 'a function that takes a listener for `collectorPauses`');
  }
  if (clock !== undefined && typeof clock?.now !== 'function') {
    const fault = `recording got ${describe(clock)} for \`clock\`, expected a Clock, such as strategy.clock.`;
    throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
  }
  return { seconds, mebibytes, name, slowStep, clock, dumped, collectorPauses } as CheckedOptions;
}
