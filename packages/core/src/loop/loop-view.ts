import { safely } from '../errors/describe.js';
import type { Instant } from '../events/instant.js';
import type { SchedulingPolicy } from '../extension-points/scheduling-policy.js';
import type { SleepStrategy } from '../extension-points/sleep-strategy.js';
import type { Task } from '../tasks/task.js';
import { treeOf } from '../tasks/task-tree.js';
import type { HandlerTable } from './handler-table.js';
import type { Instruments } from './instruments.js';
import { dumpTasks } from './task-dump.js';

/**
 * What is known of a loop in numbers. Instruments add what they measure, see `Instrument.metrics`: their packages declare it with
 * `declare module '@escapement/core' { interface LoopMetrics { steps?: number } }`.
 */
export interface LoopMetrics {
  /** How many waits something outside the loop may end, by the name of the handler: `{ IoHandler: 3 }`. */
  readonly inFlight: Readonly<Record<string, number>>;
}

/**
 * What a loop shows of itself, for tools that observe it. Nothing here changes the loop, and nothing throws because of a plugin.
 *
 * The views of the loops that run in this thread are in a `Set` at `globalThis[Symbol.for('escapement.loops')]`, from the start of
 * a run to its end. So a debugger finds them in a process that has loaded no tool.
 *
 * @example
 * for (const view of globalThis[Symbol.for('escapement.loops')] ?? []) console.log(view.dump());
 */
export class LoopView {
  /** Until when it lets time pass now; undefined while it is awake. `Infinity`: until something wakes it. */
  sleepsUntil: Instant | undefined = undefined;

  /** @internal */
  constructor(
    /** How it lets time pass. */
    readonly strategy: SleepStrategy,
    /** The given policy, also after `onPolicyFault: 'fifo'` has replaced it for the rest of a run. */
    readonly policy: SchedulingPolicy,
    private readonly handlers: HandlerTable,
    private readonly instruments: Instruments,
    private readonly root: () => Task | undefined,
  ) {}

  /** The tasks that have not ended, parents before their children; none if the loop does not run. */
  tasks(): Iterable<Task> {
    const root = this.root();
    return root === undefined ? [] : treeOf(root);
  }

  /**
   * Who must act before the wait of `task` can end, such as the holder of a lock: as far as the event's handler knows. There may be
   * many, and they are looked for one by one: stop when you have enough.
   */
  *blockersOf(task: Task): Iterable<Task> {
    const event = task.waitsFor;
    if (event === undefined) return;
    try {
      yield* this.handlers.blockersOf(event);
    } catch {
      // What the handler has told up to here is true.
    }
  }

  /** What the instruments note on `task`: `since 12.5 ms`. Empty if they note nothing. */
  notesOn(task: Task): string {
    return this.instruments.notesOn(task).trim();
  }

  /** What `loop.metrics()` returns. */
  metrics(): LoopMetrics {
    const inFlight = safely(() => this.handlers.inFlightByName()) ?? {};
    return Object.assign({}, ...this.instruments.metrics(), { inFlight });
  }

  /**
   * The tree of tasks, a line for each: its name, its state and what it waits for.
   * @param mostLines what comes after them is counted. Default: 10,000, and never more
   */
  dump(mostLines = Infinity): string {
    return this.root() === undefined ? 'the loop is not running' : this.dumpLines(mostLines).join('\n');
  }

  /** @internal */
  dumpLines(mostLines?: number): string[] {
    return dumpTasks(this.root()!, this.handlers, task => this.instruments.notesOn(task), mostLines);
  }
}
