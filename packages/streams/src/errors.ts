import { EscapementError, runningTask } from '@escapement/core';

/** Something was done with a socket or stream that is closed, or was closed meanwhile. */
export class ClosedError extends EscapementError {
  static override readonly name = 'ClosedError';
  override readonly code = 'ESC_CLOSED';

  /**
   * @param action what the task did, in the past: `read from`
   * @param what what it did that with: `describe()` of the stream
   */
  constructor(action: string, what: string) {
    super(
      `${who()} ${action} ${what}, which is closed. Close it when its last user is done, or take this as the sign to stop.`,
    );
  }
}

/** The peer ended the stream in the middle of what was to be read. What came of it can still be read. */
export class UnexpectedEndError extends EscapementError {
  static override readonly name = 'UnexpectedEndError';
  override readonly code = 'ESC_UNEXPECTED_END';

  /** @internal */
  constructor(
    what: string,
    wanted: string,
    /** How many bytes there are. */
    readonly available: number,
  ) {
    super(`${what} ended after ${available} bytes, ${who()} expected ${wanted}. The peer closed it too early.`);
  }
}

/** A line is longer than the reader allows. The stream is as it was; what was received can still be read. */
export class LineTooLongError extends EscapementError {
  static override readonly name = 'LineTooLongError';
  override readonly code = 'ESC_LINE_TOO_LONG';

  /** @internal */
  constructor(what: string, limit: number) {
    super(
      `${what} sent a line of more than ${limit} bytes. Allow more with readLine(${2 * limit}), or close a peer that does not keep to the protocol.`,
    );
  }
}

/** Two tasks read from a stream at the same time, or two wrote: the bytes would mingle. */
export class BusyError extends EscapementError {
  static override readonly name = 'BusyError';
  override readonly code = 'ESC_BUSY';

  /** @internal */
  constructor(action: 'read from' | 'wrote to', what: string) {
    super(
      `${who()} ${action} ${what} while another task did. Let one task do it, or take turns with a Lock of @escapement/sync.`,
    );
  }
}

function who(): string {
  const task = runningTask();
  return task === undefined ? 'a program' : `task "${task.name}"`;
}
