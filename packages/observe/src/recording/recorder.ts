import { writeFileSync } from 'node:fs';
import {
  Clock,
  describe,
  type Instant,
  type Instrument,
  InvalidArgumentError,
  isThenable,
  type LoopEvent,
  type LoopWarning,
  type ReadyCause,
  safely,
  type Task,
  TaskSlot,
} from '@escapement/core';
import { COLLECTION_KINDS, hostCollectorPauses } from './collector-pauses.js';
import { EventNames } from './event-names.js';
import {
  COLLECTED,
  CRASHED,
  ENDED,
  READY,
  RECORD_SIZE,
  RecordRing,
  SLEEP_ENDED,
  SLEEP_STARTED,
  STEP_ENDED,
  STEP_STARTED,
  WARNED,
} from './record-ring.js';
import { type CheckedOptions, checkOptions, type DumpReason, type RecordingOptions } from './recording-options.js';
import { RESULTS } from './results.js';
import { traceOf } from './trace.js';

/** The host may tell of many at once, after a run: they must not take the place of the run. */
const MOST_COLLECTIONS = 1024;

/** A step that another one interrupts, because its coroutine runs another loop. */
interface OuterStep {
  readonly task: number;
  readonly run: number;
  readonly startedAt: Instant;
}

class HostClock extends Clock {
  override now(): Instant {
    return performance.now();
  }
}

/**
 * Records what a loop does, for [Perfetto](https://ui.perfetto.dev): steps, waits, why each task became ready, sleeps, garbage
 * collection. It keeps the last seconds in memory that is allocated once, so it may stay on in production. Made by
 * `recording`; pass it to `EventLoop` as an instrument, or to `recordingModule`.
 */
export class Recorder implements Instrument {
  readonly #options: CheckedOptions;
  readonly #ring: RecordRing;
  readonly #collections = new RecordRing(MOST_COLLECTIONS * RECORD_SIZE);
  readonly #names: EventNames;
  #clock: Clock;
  /** The clock was given, by the options or by a loop's module. */
  #hasClock: boolean;
  /** The root tasks of the runs that go on, and the number of each run. */
  readonly #roots = new Map<Task, number>();
  /** Of a task, while there are several. */
  readonly #runOfTask = new TaskSlot<number>();
  #runs = 0;
  /** The one run that goes on; 0 if there are several, or none. */
  #run = 0;
  /** The present step: its task, 0 outside of steps. */
  #stepTask = 0;
  #stepRun = 0;
  #stepStartedAt: Instant = 0;
  readonly #outerSteps: OuterStep[] = [];
  /** What the present step waits for at its end. */
  #waitsFor = 0;
  /** Why the task of the present step has become ready in it. */
  #readyAgain = 0;
  /** The time of the last record of a step. */
  #last: Instant = 0;
  /** When a slow step may make a dump again. */
  #dumpsAgainAt: Instant = -Infinity;
  /** The number of runs when a crash last made a dump: the first of a run does. */
  #crashedRuns = 0;
  #stopPauses: (() => void) | undefined;

  /** @internal */
  constructor(options: RecordingOptions) {
    this.#options = checkOptions(options);
    this.#ring = new RecordRing(this.#options.mebibytes * 2 ** 20);
    this.#names = new EventNames(this.#ring);
    this.#clock = this.#options.clock ?? new HostClock();
    this.#hasClock = this.#options.clock !== undefined;
  }

  /**
   * The last seconds, as a file for [Perfetto](https://ui.perfetto.dev). May be called at any time, also during a run, and again.
   * Takes some microseconds for each step that is recorded, during which the loop stands still.
   * @example await writeFile('loop.pftrace', recorder.dump());
   */
  dump(): Uint8Array {
    const now = this.#clock.now();
    return traceOf({
      name: this.#options.name,
      ring: this.#ring,
      collections: this.#collections,
      names: this.#names,
      roots: this.#roots,
      from: now - this.#options.seconds * 1000,
      now,
    });
  }

  /**
   * Writes a dump to a file of Node's, before it returns.
   * @throws what `writeFileSync` throws
   * @example process.on('SIGUSR2', () => recorder.dumpTo('/tmp/loop.pftrace'));
   */
  dumpTo(path: string): void {
    writeFileSync(path, this.dump());
  }

  /**
   * @internal For the module of a loop.
   * @throws InvalidArgumentError
   */
  useClock(clock: Clock): void {
    if (this.#hasClock && clock !== this.#clock) {
      const fault =
        'recordingModule got a recorder that has the clock of another loop. Make one recorder for each loop; their dumps can be concatenated.';
      throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
    }
    this.#clock = clock;
    this.#hasClock = true;
  }

  runStarted(root: Task): void {
    if (this.#roots.size === 0) this.#startPauses();
    this.#roots.set(root, ++this.#runs);
    this.#run = this.#roots.size === 1 ? this.#runs : 0;
  }

  runEnded(root: Task): void {
    this.#roots.delete(root);
    const [only, another] = this.#roots.values();
    this.#run = another === undefined ? (only ?? 0) : 0;
    if (this.#roots.size > 0) return;
    this.#stopPauses?.();
    this.#stopPauses = undefined;
  }

  taskReady(task: Task, cause: ReadyCause): void {
    const run = this.#runOf(task);
    const by = run === this.#stepRun ? this.#stepTask : 0;
    if (by === task.id) {
      this.#readyAgain = this.#names.numberOf(cause);
      return;
    }
    // This comes right after the end of its step, so the clock need not be read again.
    const now = cause === 'paused' ? this.#last : this.#clock.now();
    this.#ring.write(READY, this.#names.numberOf(cause), now, run, task.id, by);
  }

  stepStarted(task: Task): void {
    if (this.#stepTask !== 0) this.#enterInnerStep();
    const now = this.#clock.now();
    this.#stepTask = task.id;
    this.#stepRun = this.#runOf(task);
    this.#stepStartedAt = now;
    this.#waitsFor = this.#readyAgain = 0;
    this.#ring.write(STEP_STARTED, 0, now, this.#stepRun, this.#stepTask, 0);
  }

  suspended(_task: Task, event: LoopEvent): void {
    this.#waitsFor = this.#names.numberOf(event);
  }

  stepEnded(_task: Task): void {
    const now = this.#clock.now();
    this.#last = now;
    const took = now - this.#stepStartedAt;
    const isReady = this.#readyAgain !== 0;
    const name = isReady ? this.#readyAgain : this.#waitsFor;
    this.#ring.write(STEP_ENDED, name, now, this.#stepRun, this.#stepTask, isReady ? 1 : 0);
    if (this.#outerSteps.length === 0) this.#stepTask = this.#stepRun = 0;
    else this.#leaveInnerStep();
    if (took >= this.#options.slowStep && now >= this.#dumpsAgainAt) this.#dumpBecause('slow step');
  }

  taskEnded(task: Task): void {
    const { id, parent, name, state } = task;
    this.#ring.write(ENDED, RESULTS.indexOf(state), this.#last, this.#runOf(task), id, parent?.id ?? 0);
    this.#ring.writeText(name);
  }

  sleepStarted(until: Instant): void {
    // Of several loops, nothing tells which one sleeps.
    if (this.#run !== 0) this.#ring.writeValue(SLEEP_STARTED, 0, this.#clock.now(), this.#run, until);
  }

  sleepEnded(): void {
    if (this.#run !== 0) this.#ring.writeValue(SLEEP_ENDED, 0, this.#clock.now(), this.#run, 0);
  }

  crashed(fault: unknown): void {
    this.#ring.write(CRASHED, 0, this.#clock.now(), this.#run, 0, 0);
    this.#ring.writeText(describe(fault));
    if (this.#crashedRuns !== this.#runs) this.#dumpBecause('crash');
    this.#crashedRuns = this.#runs;
  }

  warningIssued({ code, message, task }: LoopWarning): void {
    const run = task === undefined ? this.#run : this.#runOf(task);
    this.#ring.write(WARNED, 0, this.#clock.now(), run, task?.id ?? 0, 0);
    this.#ring.writeText(`${code}: ${message}`);
  }

  /** The usual case is one run: no look at the tasks above. Else no task is passed twice, because a tree may be deep. */
  #runOf(task: Task): number {
    if (this.#run !== 0) return this.#run;
    const passed: Task[] = [];
    let run: number | undefined;
    for (let next: Task | undefined = task; next !== undefined && run === undefined; next = next.parent) {
      run = this.#runOfTask.get(next) ?? this.#roots.get(next);
      passed.push(next);
    }
    if (run !== undefined) for (const one of passed) this.#runOfTask.set(one, run);
    return run ?? 0;
  }

  #enterInnerStep(): void {
    this.#outerSteps.push({ task: this.#stepTask, run: this.#stepRun, startedAt: this.#stepStartedAt });
  }

  #leaveInnerStep(): void {
    const { task, run, startedAt } = this.#outerSteps.pop()!;
    this.#stepTask = task;
    this.#stepRun = run;
    this.#stepStartedAt = startedAt;
    // It has not stopped yet.
    this.#waitsFor = this.#readyAgain = 0;
  }

  #dumpBecause(reason: DumpReason): void {
    const { dumped, seconds } = this.#options;
    if (dumped === undefined) return;
    // It shows all that happened in the seconds before it, so the next may wait as long.
    this.#dumpsAgainAt = this.#clock.now() + seconds * 1000;
    try {
      const result: unknown = dumped(this.dump(), reason);
      if (isThenable(result)) (result as PromiseLike<unknown>).then(undefined, warnOf);
    } catch (error) {
      warnOf(error);
    }
  }

  #startPauses(): void {
    const { collectorPauses = this.#isHostsTime() ? hostCollectorPauses : undefined } = this.#options;
    this.#stopPauses = collectorPauses?.(({ kind, start, duration }) => {
      this.#collections.writeValue(COLLECTED, COLLECTION_KINDS.indexOf(kind), start, 0, duration);
    });
  }

  /** Else what the host says of its collector has other times than the records. */
  #isHostsTime(): boolean {
    return Math.abs(this.#clock.now() - performance.now()) < 1;
  }
}

/** A dump that could not be kept is no reason not to record. */
function warnOf(error: unknown): void {
  safely(() => console.warn(`ESC_DUMP_FAILED: \`dumped\` of a recorder failed: ${describe(error)}`));
}
