import { EscapementError } from '@escapement/core';

/** A host name could not be turned into addresses. */
export class NameLookupError extends EscapementError {
  static override readonly name = 'NameLookupError';
  override readonly code = 'ESC_NAME_LOOKUP';

  /** @internal */
  constructor(task: string | undefined, host: string, problem: string, cause?: unknown) {
    super(`task "${task}" looked up '${host}': ${problem}`, { cause });
  }
}
