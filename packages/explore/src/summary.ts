import type { Failure } from './failure.js';
import type { Divergence } from './tracing/divergence.js';

/** What an exploration has seen, whether it found a failure or not. */
export interface Summary {
  /** How many runs were played, before shrinking. */
  readonly runs: number;
  /** How many of them differed in the order of their steps. */
  readonly schedules: number;
  /** The steps of all runs. */
  readonly steps: number;
  /** The choices of all runs: where more than one thing could happen. */
  readonly choices: number;
  /** True if all schedules within the bounds of `'exhaustive'` were played. */
  readonly exhausted: boolean;
  /** Why not, and what would help, in a sentence; undefined if `exhausted` is true. */
  readonly notExhausted: string | undefined;
  /**
   * Pairs of tasks, by name, that were ready at the same time in some run, and of which the first always went on first. Counted
   * for the first 64 names; at most 100 pairs.
   */
  readonly neverReordered: readonly (readonly [first: string, second: string])[];
  /** The tasks, by name, that were never ready beside another one: no order of theirs was tried. At most 100. */
  readonly neverBesideAnother: readonly string[];
  /** Where the first run took another way when it was repeated; undefined if the program is deterministic, as far as that shows. */
  readonly divergence: Divergence | undefined;
}

/** What `explore` resolves to. */
export interface ExploreResult {
  /** What it has seen. */
  readonly summary: Summary;
  /** The first failure, shrunk; undefined if every run passed. */
  readonly failure: Failure | undefined;
}
