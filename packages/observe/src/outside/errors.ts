import { EscapementError } from '@escapement/core';

/** Why a process could not be looked at. */
export type LookFault =
  | 'ESC_NO_PROCESS'
  | 'ESC_NOT_NODE'
  | 'ESC_NO_PERMISSION'
  | 'ESC_OTHER_NETWORK'
  | 'ESC_NO_SIGNAL'
  | 'ESC_INSPECTOR_OFF'
  | 'ESC_INSPECTOR_PORT'
  | 'ESC_INSPECTOR_OPEN'
  | 'ESC_IN_USE'
  | 'ESC_NO_ANSWER'
  | 'ESC_CONNECTION_CLOSED';

/** `escapement-observe ps` could not look at a process; the `code` and the message say why. */
export class LookError extends EscapementError {
  static override readonly name = 'LookError';

  constructor(
    override readonly code: LookFault,
    message: string,
  ) {
    super(message);
  }
}
