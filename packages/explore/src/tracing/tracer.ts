import { describe, type Instrument, type LoopEvent, type ReadyCause, type Task } from '@escapement/core';
import type { VirtualClock } from '@escapement/virtual-time';
import type { OraclePolicy } from '../oracle/oracle-policy.js';
import type { Site, Trace, TraceStep, TraceTask } from '../trace.js';
import type { Patches } from './patches.js';
import type { Sites } from './sites.js';

/** Of a longer run only the end is kept, where it fails: as many as a run may have by default. */
const MOST_STEPS = 20_000;
/** So many tasks are noted that could have run instead. */
const MOST_OTHERS = 64;

interface Readiness {
  readonly cause: string;
  readonly wokenBy: number | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Writes down each step of a run: what woke it, where it went on, where it stopped. */
export class Tracer implements Instrument {
  readonly #tasks: TraceTask[] = [];
  readonly #steps: TraceStep[] = [];
  readonly #readiness = new Map<number, Readiness>();
  readonly #stoppedAt = new Map<number, readonly Site[]>();
  #present: Mutable<TraceStep> | undefined;
  #count = 0;

  constructor(
    private readonly clock: VirtualClock,
    private readonly policy: OraclePolicy,
    private readonly sites: Sites,
    private readonly patches: Patches,
  ) {}

  trace(error: unknown): Trace {
    return { tasks: this.#tasks, steps: this.#steps.slice(-MOST_STEPS), error, pair: undefined };
  }

  /** The step that goes on. */
  get present(): { readonly task: string; readonly step: number } | undefined {
    const step = this.#present;
    return step && { task: this.#tasks[step.task - 1]?.name ?? `task-${step.task}`, step: step.index };
  }

  taskSpawned(task: Task): void {
    this.#tasks.push({ id: task.id, name: task.name, parent: task.parent?.id });
  }

  taskReady(task: Task, cause: ReadyCause): void {
    // A pause is told after its step.
    const wokenBy = cause === 'paused' ? this.#count - 1 : this.#present?.index;
    this.#readiness.set(task.id, { cause: typeof cause === 'string' ? cause : describe(cause), wokenBy });
  }

  stepStarted(task: Task): void {
    this.sites.stepStarted();
    this.#present = {
      index: this.#count++,
      task: task.id,
      at: this.clock.now(),
      ...(this.#readiness.get(task.id) ?? { cause: 'paused', wokenBy: undefined }),
      resumedAt: this.#stoppedAt.get(task.id) ?? [],
      stoppedAt: [],
      waitsFor: undefined,
      others: this.policy.others(MOST_OTHERS).map(({ id }) => id),
    };
    this.#readiness.delete(task.id);
  }

  aroundStep(_task: Task, step: () => void): void {
    this.patches.during(step);
  }

  suspended(_task: Task, event: LoopEvent): void {
    this.#present!.waitsFor = describe(event);
  }

  stepEnded(task: Task): void {
    const step = this.#present!;
    this.#present = undefined;
    // Also where it was cancelled meanwhile: it is ready again, and has not ended.
    if (task.state === 'ready') step.waitsFor ??= 'pause';
    if (task.state === 'ready' || task.state === 'waiting') step.stoppedAt = this.sites.coroutines();
    this.#stoppedAt.set(task.id, step.stoppedAt);
    this.#steps.push(step);
    if (this.#steps.length >= 2 * MOST_STEPS) this.#steps.splice(0, MOST_STEPS);
  }
}
