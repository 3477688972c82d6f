import { EscapementError } from '@escapement/core';
import { shown } from './check-options.js';

/** No host name is longer. */
const LONGEST_NAME = 255;

/** The addresses of a host name could not be looked up. */
export class NameLookupError extends EscapementError {
  static override readonly name = 'NameLookupError';
  override readonly code = 'ESC_NAME_LOOKUP';

  /** @internal */
  constructor(task: string | undefined, host: string, problem: string, cause?: unknown) {
    const name = typeof host === 'string' ? `'${host.slice(0, LONGEST_NAME)}'` : shown(host);
    super(`task "${task}" looked up ${name}: ${problem}`, { cause });
  }
}
