import type { Sample } from '@escapement/lab';

/** What a figure has to reach: a share of the anchor's, or a bound of its own. */
export type Reach = { readonly timesAnchor: number } | { readonly atMost: number };

/** One line of the benchmark: a figure of ours beside its anchor, and what it has to reach. */
export interface Standing {
  readonly what: string;
  readonly unit: 'ns' | 'us' | 'ms' | 'B' | '%' | 'x' | 'wakes';
  readonly ours: Sample;
  readonly anchor?: { readonly name: string; readonly figure: Sample };
  readonly reach: Reach;
}

/** A few figures that are measured together, in alternating rounds. */
export interface Contest {
  /** For the command line: `switch`. */
  readonly name: string;
  /** @param rounds how often each side is measured */
  run(rounds: number): Promise<Standing[]>;
}

/** The median of ours as a multiple of the anchor's. */
export function ratioOf({ ours, anchor }: Standing): number | undefined {
  return anchor && ours.median / anchor.figure.median;
}

export function isReached(standing: Standing): boolean {
  const { reach, ours } = standing;
  if ('atMost' in reach) return ours.median <= reach.atMost;
  return (ratioOf(standing) ?? Infinity) <= reach.timesAnchor;
}
