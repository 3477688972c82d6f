import { EscapementError } from '@escapement/core';

/** A plugin breaks a law: what a failing test of this kit throws. */
export class LawBrokenError extends EscapementError {
  static override readonly name = 'LawBrokenError';
  override readonly code = 'ESC_LAW_BROKEN';

  /** @internal @param problem what the plugin did, and what was expected */
  constructor(problem: string, cause?: unknown) {
    super(problem, cause === undefined ? undefined : { cause });
  }
}

/** The adapter, the runner or an option that a law suite was given is wrong. Nothing is known about the plugin. */
export class InvalidAdapterError extends EscapementError {
  static override readonly name = 'InvalidAdapterError';
  override readonly code = 'ESC_INVALID_ADAPTER';

  /** @internal */
  constructor(caller: string, problem: string) {
    super(`${caller}: ${problem}`);
  }
}

/** @throws LawBrokenError if `holds` is false */
export function demand(holds: boolean, problem: string | (() => string)): asserts holds {
  if (!holds) throw new LawBrokenError(typeof problem === 'string' ? problem : problem());
}
