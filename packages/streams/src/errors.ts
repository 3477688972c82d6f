import { EscapementError, runningTask } from '@escapement/core';

/** A task used a socket or stream that is closed, or that was closed during the wait. */
export class ClosedError extends EscapementError {
  static override readonly name = 'ClosedError';
  override readonly code = 'ESC_CLOSED';

  /**
   * @param action what the task did, in the past tense: `read from`
   * @param what `describe()` of the stream
   */
  constructor(action: string, what: string) {
    super(`${who()} ${action} ${what}, which is closed. Close it after its last use, or catch this error and stop.`);
  }
}

/** The peer ended the stream before all requested bytes came. The bytes that came can still be read. */
export class UnexpectedEndError extends EscapementError {
  static override readonly name = 'UnexpectedEndError';
  override readonly code = 'ESC_UNEXPECTED_END';

  /** @internal */
  constructor(
    what: string,
    wanted: string,
    /** How many bytes can still be read. */
    readonly available: number,
  ) {
    super(`${what} ended after ${available} bytes, ${who()} expected ${wanted}. The peer closed it too early.`);
  }
}

/**
 * A connection in memory has failed, or its peer has closed it and will not read what is written. The bytes that came before can
 * still be read.
 */
export class StreamResetError extends EscapementError {
  static override readonly name = 'StreamResetError';
  override readonly code = 'ESC_STREAM_RESET';

  /** @internal */
  constructor(what: string) {
    super(`the connection of ${what} was reset: its peer closed it, or a fault was to happen. Connect again, or stop.`);
  }
}

/** A line is longer than the reader allows. The received bytes can still be read. */
export class LineTooLongError extends EscapementError {
  static override readonly name = 'LineTooLongError';
  override readonly code = 'ESC_LINE_TOO_LONG';

  /** @internal */
  constructor(what: string, limit: number) {
    super(
      `${what} sent a line of more than ${limit} bytes. Allow more with readLine(${2 * limit}), or close the stream if the peer breaks the protocol.`,
    );
  }
}

/** A task asked for more bytes at once than a stream can hold. Such a number usually comes from the peer. */
export class TooManyBytesError extends EscapementError {
  static override readonly name = 'TooManyBytesError';
  override readonly code = 'ESC_TOO_MANY_BYTES';

  /** @internal */
  constructor(what: string, wanted: number, most: number) {
    super(
      `${who()} asked ${what} for ${wanted} bytes at once, expected at most ${most}. If the peer sent that number, close the stream; otherwise read in parts, with read().`,
    );
  }
}

/** A second task reads from a stream while one does, or writes to it: each would get, or send, parts of the other's message. */
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
