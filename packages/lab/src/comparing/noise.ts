import type { Results } from '../results/results.js';
import { leastChange } from '../statistics/least-change.js';
import { type Random, seededRandom, shuffled } from '../statistics/random.js';
import { geometricMean, logDeviation } from '../statistics/ratios.js';
import { confidenceOfEach, FLOORS, type Floors, isChange, judge, LEAST_RUNS } from '../statistics/verdict.js';
import { mediansOf, roundsHitIn } from './compare-results.js';
import { type RowOfRuns, rowsOfRuns } from './match-rows.js';

/** For how many runs a side to say what `compare` would find. */
export const RUNS_TOLD = [5, 10, 20] as const;

const SPLITS = 1000;

/** How much runs of one code differ here: the content of the file that `noise --json` writes. */
export interface Noise {
  /** Tells this form from that of results, which is a number. */
  readonly schema: 'noise 1';
  /** The command line, or the folder that the runs come from. */
  readonly name: string;
  /** How many there are. */
  readonly runs: number;
  /** Smaller changes do not count. */
  readonly floors: Floors;
  /** Those that have a figure of at least two runs. */
  readonly rows: readonly NoiseRow[];
  /** Of comparisons of a random half of the runs with the other; null with fewer than ten runs. */
  readonly falseAlarms: FalseAlarms | null;
  /** The share of rounds that the machine kept from running for 1 % of their time. */
  readonly roundsHit: number;
}

/** How much the medians of runs of one row scatter. */
export interface NoiseRow {
  /** `'metronome'` */
  readonly scenario: string;
  /** `'1000 Hz'` */
  readonly label: string;
  /** What was measured. */
  readonly subject: string;
  /** In microseconds, in the order of the runs. */
  readonly medians: readonly number[];
  /** Their geometric mean, in microseconds. */
  readonly us: number;
  /** The standard deviation of their logarithms: 0.05 for about 5 %. */
  readonly deviation: number;
  /** The smallest slowdown that `compare` finds in nine cases of ten, by the number of runs a side: `{ 5: 1.3 }`. */
  readonly leastChange: Readonly<Record<number, number>>;
}

/** A comparison that says `'slower'` or `'faster'` of any row though nothing changed. */
export interface FalseAlarms {
  /** How many halves were compared. */
  readonly comparisons: number;
  /** How many of them were wrong. */
  readonly alarms: number;
}

/**
 * What the scatter of some runs of the same code means for comparisons on this machine.
 *
 * @param name where the results come from, for the report
 * @param results of at least two runs, in the order of time
 * @param floors smaller changes do not count
 * @param seed for the halves
 */
export function noiseOf(name: string, results: readonly Results[], floors: Floors = FLOORS, seed = 0): Noise {
  const rows = rowsOfRuns(results).filter(row => mediansOf(row).length >= 2);
  const confidence = confidenceOfEach(rows.length);
  return {
    schema: 'noise 1',
    name,
    runs: results.length,
    floors,
    rows: rows.map(row => noiseRow(row, confidence, floors)),
    falseAlarms: falseAlarms(rows, results.length, floors, seededRandom(seed)),
    roundsHit: roundsHitIn(results),
  };
}

/** Splits the runs into halves, again and again, and compares these. */
function falseAlarms(rows: readonly RowOfRuns[], runs: number, floors: Floors, random: Random): FalseAlarms | null {
  // Runs of other plans may be among them.
  const common = rows.filter(row => row.rows.length === runs);
  if (runs < 2 * LEAST_RUNS || common.length === 0) return null;
  const confidence = confidenceOfEach(common.length);
  const half = runs >> 1;
  let alarms = 0;
  for (let n = 0; n < SPLITS; n++) {
    const order = shuffled([...Array(runs).keys()], random);
    const isAlarm = common.some(row => {
      const [a, b] = [mediansIn(row, order.slice(0, half)), mediansIn(row, order.slice(half, 2 * half))];
      return a.length > 0 && b.length > 0 && isChange(judge(b, a, confidence, floors).verdict);
    });
    if (isAlarm) alarms++;
  }
  return { comparisons: SPLITS, alarms };
}

/** A subject may have failed in some of the runs. */
function mediansIn({ rows }: RowOfRuns, runs: readonly number[]): number[] {
  return runs.flatMap(run => rows[run]!.summary?.us.p50.value ?? []);
}

function noiseRow(row: RowOfRuns, confidence: number, floors: Floors): NoiseRow {
  const medians = mediansOf(row);
  const [us, deviation] = [geometricMean(medians), logDeviation(medians)];
  return {
    scenario: row.scenario,
    label: row.label,
    subject: row.subject,
    medians,
    us,
    deviation,
    leastChange: Object.fromEntries(
      RUNS_TOLD.map(runs => [runs, leastChange(deviation, us, runs, confidence, floors)]),
    ),
  };
}
