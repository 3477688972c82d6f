import { EscapementError, runningTask } from '@escapement/core';

/** A socket or stream was used after it was closed, or was closed during the operation. */
export class ClosedError extends EscapementError {
  static override readonly name = 'ClosedError';
  override readonly code = 'ESC_CLOSED';

  /**
   * @param action what the task did, in the past tense: `read from`
   * @param what the stream: its `describe()`
   */
  constructor(action: string, what: string) {
    super(
      `${who()} ${action} ${what}, which is closed. Close it when its last user is done, or catch this error and stop.`,
    );
  }
}

/** The peer ended the stream before all expected bytes came. Those that came can still be read. */
export class UnexpectedEndError extends EscapementError {
  static override readonly name = 'UnexpectedEndError';
  override readonly code = 'ESC_UNEXPECTED_END';

  /** @internal */
  constructor(
    what: string,
    wanted: string,
    /** How many bytes came, and can still be read. */
    readonly available: number,
  ) {
    super(`${what} ended after ${available} bytes, ${who()} expected ${wanted}. The peer closed it early.`);
  }
}

/** A line is longer than `readLine` allows. The received bytes can still be read. */
export class LineTooLongError extends EscapementError {
  static override readonly name = 'LineTooLongError';
  override readonly code = 'ESC_LINE_TOO_LONG';

  /** @internal */
  constructor(what: string, limit: number) {
    super(
      `${what} sent a line of more than ${limit} bytes. Allow more with readLine(${2 * limit}), or close the connection if the peer violates the protocol.`,
    );
  }
}

/** Two tasks read from a stream, or wrote to it, at the same time: their bytes would mix. */
export class BusyError extends EscapementError {
  static override readonly name = 'BusyError';
  override readonly code = 'ESC_BUSY';

  /** @internal */
  constructor(action: 'read from' | 'wrote to', what: string) {
    super(`${who()} ${action} ${what} while another task did. Use one task, or a Lock of @escapement/sync.`);
  }
}

function who(): string {
  const task = runningTask();
  return task === undefined ? 'a program' : `task "${task.name}"`;
}
