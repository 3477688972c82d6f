import { randomInt } from 'node:crypto';
import type { Duration } from 'escapement';
import type { ComparisonOptions } from '../comparison.js';
import { baselines } from '../subjects/baselines.js';
import { LoopSleeper } from '../subjects/loop-sleeper.js';
import type { CommandLine } from './command-line.js';
import { selectStrategies } from './select-strategies.js';

/** 0.1, 1 and 5 ms, and a frame at 60 Hz. */
const DURATIONS: readonly Duration[] = [0.1, 1, 5, 16.7];

/** `--quick` trades samples for the high percentiles for a short run. */
const THOROUGH = { rounds: 15, timeLimit: 50_000 };
const QUICK = { rounds: 3, timeLimit: 10_500 };

/**
 * Decides what to measure, and how often.
 *
 * @throws UsageError
 */
export async function planComparison(commandLine: CommandLine): Promise<ComparisonOptions> {
  const { quick, rounds, seed = randomInt(1_000_000), sleep = DURATIONS, strategy, module } = commandLine;
  const strategies = await selectStrategies(module, strategy);
  const { timeLimit, ...plan } = quick ? QUICK : THOROUGH;
  return {
    ...plan,
    ...(rounds === undefined ? { timeLimit } : { rounds }),
    seed,
    durations: sleep,
    sleepers: [...strategies.map(each => new LoopSleeper(each)), ...(commandLine.baselines ? baselines() : [])],
  };
}
