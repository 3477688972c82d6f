import { fileURLToPath } from 'node:url';
import { EscapementError } from '@escapement/core';
import type { Trace } from '../trace.js';

/** A test failed in a run under exploration. Its message is the whole report: the error, the line to paste, and the run. */
export class FailedRunError extends EscapementError {
  static override readonly name = 'FailedRunError';
  override readonly code = 'ESC_FAILED_RUN';

  /** @internal @param report the message */
  constructor(
    report: string,
    /** What the run failed with. */
    readonly error: unknown,
    /** Repeats the run: `replay(program, token)`. */
    readonly token: string,
    /** The run, step by step: for `swimlane`, for instance. */
    trace: Trace,
  ) {
    super(report);
    // Test runners print all enumerable properties of an error: a trace is in the report already.
    Object.defineProperty(this, 'trace', { value: trace, enumerable: false });
    this.stack = `${this.name}: ${report}\n${framesOf(error)}`;
  }

  /** The run, step by step: for `swimlane`, for instance. */
  declare readonly trace: Trace;
}

/** Of this package: all its code is in one folder, bundled. */
const OWN_FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** Those of the original error, which lead to the line that failed, without those of the exploration around it. */
function framesOf(error: unknown): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  const frames = stack.split('\n').filter(line => /^\s+at /.test(line));
  const outside = frames.findIndex(line => line.includes(OWN_FOLDER));
  return frames.slice(0, outside < 0 ? undefined : outside).join('\n');
}
