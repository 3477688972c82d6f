import { describe } from './describe.js';

/** @internal The error itself if there is one, else an `AggregateError` of all. @param subject what failed: `task "a" failed` */
export function combineErrors(errors: readonly unknown[], subject: string): unknown {
  if (errors.length === 1) return errors[0];
  const list = errors.map(error => describe(error)).join('; ');
  return new AggregateError(errors, `${subject} with ${errors.length} errors: ${list}`);
}
