import { constants } from 'node:os';
import { EscapementError } from '@escapement/core';

/** The signals that `main` listens for. */
export type ExitSignal = 'SIGINT' | 'SIGTERM';

/** The reason of `Cancelled` when `main` cancels a program because the process got a signal. */
export class SignalError extends EscapementError {
  static override readonly name = 'SignalError';
  override readonly code = 'ESC_SIGNAL';

  /** @param signal its name */
  constructor(readonly signal: ExitSignal) {
    super(`the process got ${signal}. A second signal ends it at once, without its clean-ups.`);
  }

  /** As shells count: 128 and the number of the signal; 130 for SIGINT. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}
