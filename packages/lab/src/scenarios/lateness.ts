import { setImmediate as letHostRun } from 'node:timers/promises';
import type { Duration, Waits } from 'escapement';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { Sleeper } from '../subjects/sleeper.js';
import { LatenessMeasurement, measureLateness } from './measure-lateness.js';
import type { RunContext, Scenario } from './scenario.js';

/** The percentiles in the results. */
export const PERCENTILES = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999 } as const;
/** The name of a percentile in the results. */
export type Percentile = keyof typeof PERCENTILES;

/** What to measure, and how often. */
export interface LatenessOptions {
  /** What is compared. */
  readonly sleepers: readonly Sleeper[];
  /** The lengths of the sleeps. */
  readonly durations: readonly Duration[];
  /** The most rounds. In each, every sleeper sleeps for every duration. */
  readonly rounds: number;
  /** No round starts that would probably end later than this. The first round always runs. */
  readonly timeLimit?: Duration;
}

/** How late each sleeper was, and what that cost. */
export interface LatenessResult {
  /** Fewer than planned if the time limit was reached. */
  readonly rounds: number;
  /** In the order of the durations, then of the sleepers. */
  readonly rows: readonly LatenessRow[];
}

/** The results of one sleeper for one duration. */
export interface LatenessRow {
  /** The sleeper's. */
  readonly name: string;
  /** A strategy, or what the host offers without one. */
  readonly kind: Sleeper['kind'];
  /** Null for a baseline. */
  readonly waits: Waits | null;
  /** The length of the sleeps, in ms. */
  readonly durationMs: number;
  /** How many sleeps were measured. */
  readonly samples: number;
  /** How many of them ended early; they count in the percentiles too. */
  readonly early: number;
  /** In microseconds. A percentile is null if there are too few samples for it. */
  readonly latenessUs: Readonly<Record<'min' | 'max', number> & Record<Percentile, number | null>>;
  /** Processor time of the whole process over wall time; 100 is one busy core. */
  readonly cpuPercent: number;
}

/** Measures how late each sleeper wakes from sleeps of each duration, and what that costs. */
export class LatenessScenario implements Scenario<LatenessResult> {
  readonly name = 'lateness';
  readonly #options: LatenessOptions;
  readonly #cells: readonly Cell[];

  /** @param options what to measure, and how often */
  constructor(options: LatenessOptions) {
    this.#options = options;
    this.#cells = options.durations.flatMap(duration => options.sleepers.map(sleeper => new Cell(sleeper, duration)));
  }

  async run(context: RunContext): Promise<LatenessResult> {
    await this.#warmUp(context);
    const { rounds, timeLimit = Infinity } = this.#options;
    const random = seededRandom(context.seed);
    const start = performance.now();
    let done = 0;
    let longest = 0;
    while (done < rounds && (done === 0 || performance.now() - start + longest < timeLimit)) {
      const roundStart = performance.now();
      await this.#round(shuffled(this.#cells, random), done, context);
      longest = Math.max(longest, performance.now() - roundStart);
      done++;
    }
    return { rounds: done, rows: this.#cells.map(cell => cell.row()) };
  }

  async #warmUp(context: RunContext): Promise<void> {
    const shortest = Math.min(...this.#options.durations);
    for (const sleeper of this.#options.sleepers) {
      context.progress(0, 1, `warming up ${sleeper.name}`);
      await new Cell(sleeper, shortest).warmUp();
    }
  }

  async #round(cells: readonly Cell[], round: number, context: RunContext): Promise<void> {
    for (const [index, cell] of cells.entries()) {
      context.progress(round * cells.length + index, this.#options.rounds * cells.length, cell.name);
      await cell.measure();
    }
  }
}

/** A cell sleeps for about this long at a time, ... */
const BLOCK_DURATION: Duration = 100;
/** ... but at most this many times. */
const MOST_PER_BLOCK = 200;
/** Long enough for the compiler to optimize the hot code. */
const WARM_UP: Duration = 200;

/** One sleeper at one duration. */
class Cell {
  readonly #measurement = new LatenessMeasurement();

  constructor(
    readonly sleeper: Sleeper,
    readonly duration: Duration,
  ) {}

  get name(): string {
    return `${this.sleeper.name} ${this.duration} ms`;
  }

  async warmUp(): Promise<void> {
    const end = performance.now() + WARM_UP;
    while (performance.now() < end) await this.#sleep(10, new LatenessMeasurement());
  }

  measure(): Promise<void> {
    return this.#sleep(Math.min(MOST_PER_BLOCK, Math.ceil(BLOCK_DURATION / this.duration)), this.#measurement);
  }

  async #sleep(times: number, into: LatenessMeasurement): Promise<void> {
    // Some strategies never let the host run: here it handles signals and output.
    await letHostRun();
    try {
      await measureLateness(this.sleeper, this.duration, times, into);
    } catch (error) {
      throw new Error(`${this.name}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  row(): LatenessRow {
    const { latenesses, processor } = this.#measurement;
    const { name, kind, waits = null } = this.sleeper;
    const percentiles = Object.entries(PERCENTILES).map(([key, p]) => [key, microseconds(latenesses.percentile(p))]);
    return {
      name,
      kind,
      waits,
      durationMs: this.duration,
      samples: latenesses.count,
      early: latenesses.early,
      latenessUs: {
        min: microseconds(latenesses.min),
        ...(Object.fromEntries(percentiles) as Record<Percentile, number | null>),
        max: microseconds(latenesses.max),
      },
      cpuPercent: round(processor.percent, 2),
    };
  }
}

function microseconds(duration: Duration): number;
function microseconds(duration: Duration | undefined): number | null;
function microseconds(duration: Duration | undefined): number | null {
  return duration === undefined ? null : round(duration * 1000, 3);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
