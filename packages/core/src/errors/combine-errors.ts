import { describe, shorten } from './describe.js';

const MOST_LISTED = 10;

/** @internal The error itself if there is one, else an `AggregateError` of all. @param subject what failed: `task "a" failed` */
export function combineErrors(errors: readonly unknown[], subject: string): unknown {
  if (errors.length === 1) return errors[0];
  const list = errors.slice(0, MOST_LISTED).map(error => shorten(describe(error), 100));
  if (errors.length > MOST_LISTED) list.push(`and ${errors.length - MOST_LISTED} more`);
  return new AggregateError(errors, `${subject} with ${errors.length} errors: ${list.join('; ')}`);
}
