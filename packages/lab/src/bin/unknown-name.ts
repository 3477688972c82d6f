import { distance } from 'fastest-levenshtein';
import { UsageError } from '../usage-error.js';

/** How many names to show before the list is cut. */
const MOST_NAMES = 30;

/** The error for a name that is not among `known`: with the nearest ones, or else all. */
export function unknownName(option: string, name: string, known: readonly string[], hint: string): UsageError {
  const near = known.filter(each => distance(each.toLowerCase(), name.toLowerCase()) <= Math.max(2, each.length / 3));
  const shown =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.slice(0, MOST_NAMES).join(', ')}.`;
  return new UsageError(`${option} ${name}: there is no such name. ${shown} ${hint}`);
}
