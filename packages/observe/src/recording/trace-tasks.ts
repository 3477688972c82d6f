import type { Task } from '@escapement/core';

/** What a dump knows of a task, and what the replay of its records has come to. */
export interface TraceTask {
  readonly uuid: number;
  readonly id: number;
  name: string;
  parent: TraceTask | undefined;
  /** If it has not ended. */
  live: Task | undefined;
  /** The number of its last record; -1 if it has none. */
  last: number;
  /** The number of the record with which its present step started; -1 if there is none. */
  step: number;
  /** The number of the record of the step that made it ready; -1 if no step did. */
  readiedBy: number;
  /** The slice that is open on its track. */
  open: 'step' | 'wait' | 'ready' | undefined;
  /** Whether it has an event in the trace: what it was in before is known then. */
  isSeen: boolean;
}

/** All tasks of a dump: those that have not ended, and those that have records. */
export class TraceTasks {
  /** By the number of the run, and by id. */
  readonly #runs = new Map<number, Map<number, TraceTask>>();

  /**
   * @param roots the root tasks that have not ended, and the number of the run of each
   * @param newUuid makes a number for each track
   */
  constructor(
    roots: ReadonlyMap<Task, number>,
    private readonly newUuid: () => number,
  ) {
    for (const [root, run] of roots) {
      // Not recursive: trees may be deep.
      const stack: Task[] = [root];
      for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
        this.#addLive(task, run);
        for (const child of task.children) stack.push(child);
      }
    }
  }

  /** @param fullId as records store it, or with all its digits */
  get(run: number, fullId: number): TraceTask {
    const id = fullId >>> 0;
    const tasks = this.#runs.get(run) ?? new Map<number, TraceTask>();
    if (tasks.size === 0) this.#runs.set(run, tasks);
    let task = tasks.get(id);
    if (task !== undefined) return task;
    task = {
      uuid: this.newUuid(),
      id,
      name: `task-${id}`,
      parent: undefined,
      live: undefined,
      last: -1,
      step: -1,
      readiedBy: -1,
      open: undefined,
      isSeen: false,
    };
    tasks.set(id, task);
    return task;
  }

  ended(run: number, id: number, name: string, parent: number): void {
    const task = this.get(run, id);
    task.name = name;
    if (parent !== 0) task.parent = this.get(run, parent);
  }

  /** Each task after its parent. */
  *parentsFirst(): Generator<TraceTask> {
    const given = new Set<TraceTask>();
    for (const task of this.#all()) {
      const path: TraceTask[] = [];
      for (let each: TraceTask | undefined = task; each !== undefined && !given.has(each); each = each.parent) {
        given.add(each);
        path.push(each);
      }
      yield* path.reverse();
    }
  }

  *#all(): Generator<TraceTask> {
    for (const tasks of this.#runs.values()) yield* tasks.values();
  }

  #addLive(live: Task, run: number): void {
    const task = this.get(run, live.id);
    task.name = live.name;
    task.live = live;
    if (live.parent !== undefined) task.parent = this.get(run, live.parent.id);
  }
}
