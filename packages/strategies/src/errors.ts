import { EscapementError } from '@escapement/core';

/** A strategy needs something that this host does not have, or does not allow on this thread. */
export class MissingHostFeatureError extends EscapementError {
  static override readonly name = 'MissingHostFeatureError';
  override readonly code = 'ESC_MISSING_HOST_FEATURE';

  /** @internal */
  constructor(strategy: string, feature: string, advice: string) {
    super(`new ${strategy} found no ${feature}, expected a host that has it. ${advice}`);
  }
}
