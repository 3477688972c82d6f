import type { ChoiceKind } from './oracle/choice.js';
import type { ScheduleSize } from './schedule-size.js';
import type { Otherwise, Site, Trace } from './trace.js';
import type { Divergence } from './tracing/divergence.js';
import { failureText, remarks } from './views/failure-text.js';
import { swimlane } from './views/html/swimlane.js';

/** One of the two steps of a critical pair. */
export interface CriticalStep {
  /** The `index` of the step in the trace. */
  readonly index: number;
  /** The name of its task. */
  readonly task: string;
  /** The `yield*` from which the step went on; of a task's first step, the one at which it stopped. */
  readonly site: Site | undefined;
  /** The coroutines of that `yield*`, the innermost first. */
  readonly stack: readonly Site[];
}

/** Two steps whose order alone decides: the run fails because `first` came before `second`. */
export interface CriticalPair {
  /** The step that came too early. */
  readonly first: CriticalStep;
  /** The step that came too late. */
  readonly second: CriticalStep;
  /** What the run does if `second` comes before `first`: it passes, or fails with another error. */
  readonly otherwise: Otherwise;
}

/** A choice without which the run passes, or fails with another error. */
export interface Decision {
  /** What kind of choice it is. */
  readonly kind: ChoiceKind;
  /** What was chosen, in words. */
  readonly what: string;
  /** The index of the last step before it, in the trace; -1 if there was none. */
  readonly after: number;
  /** What the run does without it. */
  readonly otherwise: Otherwise;
}

/** @internal What `explore` found. */
export type Found = Omit<Failure, 'save' | 'toString' | 'html'>;

/**
 * A run that failed, shrunk to the fewest choices that make it fail. Made by `explore`.
 *
 * @example
 * const { failure } = await explore(transfer);
 * if (failure) throw new Error(String(failure));
 */
export class Failure {
  /** What the run failed with. */
  declare readonly error: unknown;
  /** Repeats the run: `replay(program, token)`. One line that needs no quotes in a shell. */
  declare readonly token: string;
  /** The `name` that was given to `explore`. */
  declare readonly name: string | undefined;
  /** Which run of the exploration failed, from 1; the first follows the explorer's own order. */
  declare readonly run: number;
  /** The seed of the exploration. */
  declare readonly seed: number;
  /** The schedule as it was found. */
  declare readonly found: ScheduleSize;
  /** The schedule that the token repeats. */
  declare readonly shrunk: ScheduleSize;
  /** How many runs the shrinking took. */
  declare readonly plays: number;
  /** After how much the shrinking was stopped, in words, such as `'5 s'`; undefined if it came to its end. */
  declare readonly stoppedAfter: string | undefined;
  /** The shrunk run, step by step. */
  declare readonly trace: Trace;
  /** The two steps whose order alone decides; undefined if no such pair was found: see `decision`. */
  declare readonly pair: CriticalPair | undefined;
  /** The last choice without which the run does not fail so; undefined if it fails in the explorer's own order, too. */
  declare readonly decision: Decision | undefined;
  /** Where a second run of the same schedule took another way; undefined if the program is deterministic. */
  declare readonly divergence: Divergence | undefined;

  /** @internal */
  constructor(found: Found) {
    Object.assign(this, found);
  }

  /**
   * Writes the token to a file, which `replay(program, path)` takes: for a token that is too long for one line.
   * @param path of the file, which is replaced
   */
  async save(path: string): Promise<void> {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, `${this.token}\n`);
  }

  /** The error, how to repeat it, what decides, and the run as a table: see `failureText`. */
  toString(): string {
    return failureText(this);
  }

  /** The run as a page of its own, to be written to a file: see `swimlane`. */
  html(): string {
    return swimlane(this.trace, { title: this.name, token: this.token, remarks: remarks(this) });
  }
}
