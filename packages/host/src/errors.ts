import { EscapementError } from '@escapement/core';

/** The reason of `Cancelled` when `main` cancels a program because the process got a signal. */
export class SignalError extends EscapementError {
  static override readonly name = 'SignalError';
  override readonly code = 'ESC_SIGNAL';

  /** @param signal its name: `'SIGINT'` */
  constructor(readonly signal: string) {
    super(`the process got ${signal}. A second signal ends it at once, without waiting for clean-ups.`);
  }
}
