import { EscapementError } from '@escapement/core';

/** The addresses of a host name could not be looked up. */
export class NameLookupError extends EscapementError {
  static override readonly name = 'NameLookupError';
  override readonly code = 'ESC_NAME_LOOKUP';

  /** @internal */
  constructor(task: string | undefined, host: string, problem: string, cause?: unknown) {
    super(`task "${task}" looked up '${host}': ${problem}`, { cause });
  }
}
