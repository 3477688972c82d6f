import {
  type Clock,
  type Duration,
  type Instant,
  type Instrument,
  type LoopEvent,
  type ReadyCause,
  type Task,
  TimeEvent,
} from 'escapement';
import type { LateWake } from './late-wake.js';
import { type Doing, Stretches } from './stretches.js';

/** Some 10 ms of the shortest stretches that there are, those of a strategy that spins. */
const CAPACITY = 1 << 15;
/**
 * In milliseconds. A thread that loses its core does so for longer, so the counter is read after such stretches only: reading
 * takes some 4 us.
 */
const LONG_STRETCH: Duration = 0.05;

/** What to record. */
export interface LateWanted {
  /** Only sleepers that wake later than this, in milliseconds. */
  readonly beyond: Duration;
  /** The first of them, or those that are latest. */
  readonly keep: 'first' | 'latest';
}

interface Wait {
  readonly due: Instant;
  ready: Instant;
}

/** How many of the latest are kept. */
export const MOST_LATE = 20;

/**
 * Records, as an instrument of a loop, what the loop does between the deadline of each sleeper and its resumption. It costs two
 * readings of the clock for each sleep and each step, and some microseconds for each that is long: what the tasks of such a
 * loop measure is not comparable with what they measure without it.
 */
export class LateRecorder implements Instrument {
  readonly #stretches = new Stretches(CAPACITY);
  readonly #waits = new Map<Task, Wait>();
  #late: LateWake[] = [];
  #doing: Doing = 'own';
  #since: Instant;
  #noCore: Duration | null;

  /**
   * @param clock the loop's
   * @param readNoCore for how many milliseconds the thread has been ready without a core since it started; null: not told
   */
  constructor(
    private readonly clock: Clock,
    private readonly wanted: LateWanted,
    private readonly readNoCore: () => Duration | null,
  ) {
    this.#since = clock.now();
    this.#noCore = readNoCore();
  }

  /** The wakes that were asked for, in the order of time. Forgets them. */
  take(): LateWake[] {
    const late = this.#late;
    this.#late = [];
    return late.sort((a, b) => a.due - b.due);
  }

  runStarted(): void {
    this.#noCore = this.readNoCore();
    this.#since = this.clock.now();
    this.#doing = 'own';
  }

  sleepStarted(): void {
    this.#now('sleep', undefined);
  }

  sleepEnded(): void {
    this.#now('own', undefined);
  }

  stepStarted(task: Task): void {
    const now = this.#now('step', undefined);
    const wait = this.#waits.get(task);
    if (wait === undefined) return;
    this.#waits.delete(task);
    if (now - wait.due > this.wanted.beyond) this.#add(task, wait, now);
  }

  stepEnded(task: Task): void {
    this.#now('own', task);
  }

  suspended(task: Task, event: LoopEvent): void {
    if (!(event instanceof TimeEvent)) return;
    this.#waits.set(task, { due: event.dueAt(this.clock.now()), ready: Infinity });
  }

  taskReady(task: Task, cause: ReadyCause): void {
    const wait = this.#waits.get(task);
    if (wait === undefined) return;
    // Cancelled: it did not sleep to the end.
    if (typeof cause === 'string') this.#waits.delete(task);
    else wait.ready = this.clock.now();
  }

  taskEnded(task: Task): void {
    this.#waits.delete(task);
  }

  /** One stretch is over and the next begins. @param task whose step is over */
  #now(next: Doing, task: Task | undefined): Instant {
    const now = this.clock.now();
    this.#stretches.add(this.#doing, this.#since, now, this.#noCoreIn(now - this.#since), task);
    this.#doing = next;
    this.#since = now;
    return now;
  }

  #noCoreIn(length: Duration): Duration | null {
    if (this.#noCore === null) return null;
    if (length < LONG_STRETCH) return 0;
    const before = this.#noCore;
    this.#noCore = this.readNoCore() ?? before;
    return this.#noCore - before;
  }

  #add(task: Task, { due, ready }: Wait, resumed: Instant): void {
    const { keep } = this.wanted;
    if (this.#late.length === (keep === 'first' ? 1 : MOST_LATE)) {
      if (keep === 'first') return;
      const least = this.#late.reduce((a, b) => (a.resumed - a.due <= b.resumed - b.due ? a : b));
      if (resumed - due <= least.resumed - least.due) return;
      this.#late.splice(this.#late.indexOf(least), 1);
    }
    const stretches = this.#stretches.since(due);
    const hostOffset = performance.now() - this.clock.now();
    this.#late.push({ task, due, ready, resumed, stretches, hostOffset });
  }
}
