import type { Duration } from 'escapement';

/** The longest, on a busy machine. In milliseconds, as all of these. */
const MOST: Duration = 30_000;
/** The least for a round, besides a multiple of what it should take. */
const LEAST: Duration = 1000;
const SLOWNESS = 10;
/** The share of the time left that one answer may take: a subject that hangs shall leave some to the others. */
const SHARE = { load: 1 / 2, round: 1 / 3, report: 1 / 2 };

/** What a subject is asked. */
export type Asked = keyof typeof SHARE;

/** How long to wait for an answer. */
export interface Patience {
  /** In milliseconds. */
  readonly ms: Duration;
  /** Whether a subject that takes longer has failed. If not, it is the time of the run that did not suffice. */
  readonly isAmple: boolean;
}

/**
 * How long to wait for an answer of a subject.
 *
 * @param left of the whole run, in milliseconds; Infinity: no limit
 * @param longest how long a round should take
 */
export function patienceFor(asked: Asked, left: Duration, longest: Duration = 0): Patience {
  const part = Math.min(MOST, SHARE[asked] * left);
  // To load takes seconds on a busy machine, and a report is no measurement.
  if (asked !== 'round') return { ms: part, isAmple: part === MOST };
  const ample = SLOWNESS * longest + Math.max(LEAST, part);
  return { ms: Math.min(ample, left), isAmple: ample <= left };
}
