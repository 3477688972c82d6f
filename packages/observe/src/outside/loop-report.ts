import type { Duration, LoopMetrics, TaskState } from '@escapement/core';

/** What a process did at one moment, as `escapement-observe ps --json` prints it. */
export interface ProcessReport {
  /** Its number. */
  readonly pid: number;
  /** As in `process.version`. */
  readonly node: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** How long the process has run, in milliseconds. */
  readonly uptime: Duration;
  /** The main thread first. */
  readonly threads: readonly ThreadReport[];
}

/** The loops of one thread. */
export interface ThreadReport {
  /** `main thread`, or what Node calls the worker. */
  readonly name: string;
  /** Empty if no loop runs in the thread. */
  readonly loops: readonly LoopReport[];
  /** Why nothing is known of the thread: it did not answer. */
  readonly problem?: string | undefined;
}

/** What a running loop did at one moment. */
export interface LoopReport {
  /** The `alias` of the sleep strategy. */
  readonly strategy: string;
  /** What the strategy does to the thread while it sleeps: `spins`, `blocks`, `yields` or `jumps`. */
  readonly waits: string;
  /** The `alias` of the scheduling policy. */
  readonly policy: string;
  /** How much longer the loop would sleep, in milliseconds; null: until a wakeup. Undefined if it does not sleep. */
  readonly sleepsFor?: Duration | null | undefined;
  /** How many tasks have not ended. */
  readonly taskCount: number;
  /** How many of them are in each state. */
  readonly states: Readonly<Partial<Record<TaskState, number>>>;
  /** The tree of tasks, parents before their children. */
  readonly lines: readonly TaskLine[];
  /** How many tasks none of the lines stands for, because there would be too many. */
  readonly hidden: number;
  /** The tasks whose next step is due that have waited longest, at most ten. */
  readonly ready: readonly ReadyTask[];
  /** The names of tasks each of which waits for the next, and the last for the first; undefined if there are none. */
  readonly circle?: readonly string[] | undefined;
  /** The last slow steps, the newest first; undefined if no instrument notes them. */
  readonly slowSteps?: readonly SlowStepReport[] | undefined;
  /** Whether an instrument notes since when the tasks wait. */
  readonly hasTimes: boolean;
  /** `loop.metrics()`, as far as JSON has it. */
  readonly metrics?: LoopMetrics | undefined;
  /** The look took too long, and was ended: not all tasks were counted, or are in the lines and the states. */
  readonly isPartial: boolean;
}

/** A line of the tree: a task, or several alike that have the same parent. */
export interface TaskLine {
  /** 0 for the root. */
  readonly depth: number;
  /** Of several tasks, what their names have in common. */
  readonly name: string;
  /** How many tasks the line stands for. */
  readonly count: number;
  /** What it does. */
  readonly state: TaskState;
  /** The event; of several tasks, what their events have in common. */
  readonly waitsFor?: string | undefined;
  /** The names of tasks that the line's first task waits for, at most three. */
  readonly heldBy?: readonly string[] | undefined;
  /** Since how many milliseconds it waits or is ready: the least and the most of several tasks. */
  readonly age?: readonly [least: Duration, most: Duration] | undefined;
  /** What instruments note on the first task. */
  readonly note?: string | undefined;
  /** True of a daemon. */
  readonly isDaemon?: boolean | undefined;
  /** True if it was cancelled: it cleans up. */
  readonly isCancelled?: boolean | undefined;
  /** The children that no line stands for, because there are too many kinds of them. */
  readonly hidden?: number | undefined;
}

/** A task whose next step is due. */
export interface ReadyTask {
  /** The task's. */
  readonly name: string;
  /** Since how many milliseconds; undefined if no instrument notes that. */
  readonly age?: Duration | undefined;
}

/** A step that took long. */
export interface SlowStepReport {
  /** The name of the task. */
  readonly task: string;
  /** How long it took, in milliseconds. */
  readonly took: Duration;
  /** How many milliseconds ago it ended. */
  readonly ago: Duration;
}
