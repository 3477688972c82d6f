import type { Instant } from '@escapement/core';

/** A `yield*` of the program. */
export interface Site {
  /** The coroutine, or its file if it has no name. */
  readonly name: string;
  /** `file:line:column`. */
  readonly where: string;
}

/** A task of a traced run. */
export interface TraceTask {
  /** Unique in the run: tasks are counted from 1, the program's task is the first. */
  readonly id: number;
  /** As in every report. */
  readonly name: string;
  /** The `id` of its parent; undefined for the program's task. */
  readonly parent: number | undefined;
  /** False if the run fails all the same wherever its steps come: views may leave it out. */
  readonly matters?: boolean;
}

/** One step of a task: from one `yield*` that suspended it to the next. */
export interface TraceStep {
  /** Its place in the run, from 0. */
  readonly index: number;
  /** The `id` of its task. */
  readonly task: number;
  /** When it ran, in virtual milliseconds. */
  readonly at: Instant;
  /** Why the task was ready: `'spawned'`, `'paused'`, `'cancelled'`, `'refused'`, or the event that was settled, in words. */
  readonly cause: string;
  /** The index of the step during which the task became ready; undefined if a timer or the outside made it ready. */
  readonly wokenBy: number | undefined;
  /** The `yield*` from which it was resumed, innermost coroutine first; empty at the first step of a task. */
  readonly resumedAt: readonly Site[];
  /** The `yield*` at which it stopped again; empty if the task ended. */
  readonly stoppedAt: readonly Site[];
  /** What it waits for afterwards, in words: `'pause'`, or an event. Undefined if the body has ended. */
  readonly waitsFor: string | undefined;
  /** What else could have run instead of it: the `id` of each ready task, of at most 64. */
  readonly others: readonly number[];
}

/** What a run does that differs in what decides: it passes, or it fails, too, but with another error. */
export type Otherwise = 'passes' | 'fails';

/** One run, step by step: what `replay` and a failure of `explore` show. */
export interface Trace {
  /** In the order in which they were spawned. */
  readonly tasks: readonly TraceTask[];
  /** In the order in which they were taken; the last 20,000 of a longer run. `stepAt(trace, index)` finds one by its `index`. */
  readonly steps: readonly TraceStep[];
  /** What the run failed with; undefined if it passed. */
  readonly error: unknown;
  /** The indexes of the two steps whose order alone decides how the run ends, if there are such. */
  readonly pair: readonly [first: number, second: number] | undefined;
  /** What the run does if the two steps of the pair come in the other order. Default: `'passes'`. */
  readonly otherwise?: Otherwise;
}

/**
 * The step with that `index`; undefined if the trace does not have it. Of a very long run the first steps are left out.
 * @example const waker = stepAt(trace, step.wokenBy);
 */
export function stepAt({ steps }: Trace, index: number | undefined): TraceStep | undefined {
  return index === undefined ? undefined : steps[index - firstIndexOf(steps)];
}

/** @internal How many steps of the run are left out before those of the trace. */
export function firstIndexOf(steps: readonly TraceStep[]): number {
  return steps[0]?.index ?? 0;
}
