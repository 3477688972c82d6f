import type { Sample } from '@escapement/lab/internal';

/** The target of a figure: a multiple of the anchor's figure, or an absolute bound. */
export type Reach = { readonly timesAnchor: number } | { readonly atMost: number };

/** One row of the report: our figure, the anchor that it is compared with, and its target. */
export interface BenchmarkResult {
  readonly what: string;
  readonly unit: 'ns' | 'us' | 'ms' | 'B' | '%' | 'x' | 'wakes';
  readonly ours: Sample;
  readonly anchor?: { readonly name: string; readonly figure: Sample } | undefined;
  readonly reach: Reach;
}

/** Figures that are measured together, in alternating rounds. */
export interface Benchmark {
  /** For the command line: `switch`. */
  readonly name: string;
  /** @param rounds how many times each side is measured */
  run(rounds: number): Promise<BenchmarkResult[]>;
}
