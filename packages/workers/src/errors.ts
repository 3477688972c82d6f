import { EscapementError } from '@escapement/core';

/** The port is closed, on this side or the other, or the other side's thread has ended. Each task that waits there gets it. */
export class PortClosedError extends EscapementError {
  static override readonly name = 'PortClosedError';
  override readonly code = 'ESC_PORT_CLOSED';

  /** @internal @param action what a task did: `received from` */
  constructor(action: string) {
    super(
      `a task ${action} a port that is closed: one side closed it, or the thread of the other side has ended. Send a last message of your own to tell an end from a failure.`,
    );
  }
}

/** A worker thread ended before it was done: it exited, was terminated, or failed with an error that nobody caught. */
export class WorkerExitedError extends EscapementError {
  static override readonly name = 'WorkerExitedError';
  override readonly code = 'ESC_WORKER_EXITED';

  /** @param exitCode undefined if the host did not tell, because the strategy does not let it run */
  constructor(
    what: string,
    readonly exitCode: number | undefined,
    cause: unknown,
  ) {
    const how = exitCode === undefined ? 'ended' : `ended with code ${exitCode}`;
    const why = cause === undefined ? 'It called process.exit(), or was terminated.' : `Its error: ${cause}`;
    super(`the thread of ${what} ${how} before it was done. ${why}`, cause === undefined ? undefined : { cause });
  }
}

/** A message could not be read by the thread that it was sent to. It is lost, and those behind it are not. */
export class UnreadableMessageError extends EscapementError {
  static override readonly name = 'UnreadableMessageError';
  override readonly code = 'ESC_UNREADABLE_MESSAGE';

  /** @internal */
  constructor(cause: unknown) {
    super(
      'a message came that this thread cannot read (the host reports a `messageerror`). Send plain data, or objects that exist in this thread, too.',
      { cause },
    );
  }
}
