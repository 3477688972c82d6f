import { describe } from './describe.js';

/** @internal What went wrong, if at least one thing did: the error itself, or an `AggregateError` of several. */
export function combineErrors(errors: readonly unknown[], whoFailed: string): unknown {
  if (errors.length === 1) return errors[0];
  const list = errors.map(error => describe(error)).join('; ');
  return new AggregateError(errors, `${whoFailed} with ${errors.length} errors: ${list}`);
}
