import { EscapementError, type Instant } from '@escapement/core';

/** A `timeout` or a `deadline` expired before its body was done. The message names the task, and the body if it is a function with a name. */
export class TimeoutError extends EscapementError {
  static override readonly name = 'TimeoutError';
  override readonly code = 'ESC_TIMEOUT';

  /** @internal */
  constructor(
    taskName: string,
    what: string,
    /** When it expired, on the loop's clock. */
    readonly deadline: Instant,
    bodyName?: string,
  ) {
    super(
      `${what} of task "${taskName}" expired before ${bodyName ?? 'its work'} was done. Allow more time, or do less work in it.`,
    );
  }
}
