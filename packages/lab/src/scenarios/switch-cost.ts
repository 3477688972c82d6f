import { setImmediate as letHostRun } from 'node:timers/promises';
import type { Duration } from 'escapement';
import { alternate, type Candidate } from '../statistics/alternate.js';
import type { Sample } from '../statistics/sample.js';
import { type Switcher, switchers } from '../subjects/switchers.js';
import type { Course, Scenario } from './scenario.js';

export interface SwitchCostResult {
  readonly rounds: number;
  readonly rows: readonly SwitchCostRow[];
}

export interface SwitchCostRow {
  readonly name: string;
  /** Nanoseconds for one switch; null if what would be measured is not installed. */
  readonly ns: SwitchCostFigures | null;
}

export interface SwitchCostFigures {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** One for each round. */
  readonly values: readonly number[];
}

/** A run of one candidate takes about this long. */
const RUN_DURATION: Duration = 25;

/** What it costs to give way once and come back, through the loop and by other means. */
export class SwitchCostScenario implements Scenario<SwitchCostResult> {
  readonly name = 'switch cost';
  readonly #rounds: number;

  constructor({ rounds }: { readonly rounds: number }) {
    this.#rounds = rounds;
  }

  async run({ seed, progress }: Course): Promise<SwitchCostResult> {
    const all = await switchers();
    const installed = all.filter(switcher => switcher.isInstalled);
    const candidates: Candidate[] = [];
    for (const switcher of installed) {
      progress(0, 1, `warming up ${switcher.name}`);
      candidates.push(await calibrated(switcher));
    }
    let runs = 0;
    const samples = await alternate(candidates, {
      rounds: this.#rounds,
      seed,
      onRound: (_, name) => progress(runs++, this.#rounds * candidates.length, name),
    });
    return { rounds: this.#rounds, rows: all.map(({ name }) => ({ name, ns: figures(samples.get(name)) })) };
  }
}

/** Finds out how many switches fill a run; that also warms up. */
async function calibrated(switcher: Switcher): Promise<Candidate> {
  let times = 1;
  let elapsed = await timed(switcher, times);
  while (elapsed < RUN_DURATION) {
    times *= elapsed < RUN_DURATION / 10 ? 4 : 2;
    elapsed = await timed(switcher, times);
  }
  return { name: switcher.name, run: async () => ((await timed(switcher, times)) / times) * 1e6 };
}

async function timed(switcher: Switcher, times: number): Promise<Duration> {
  await letHostRun();
  const start = performance.now();
  await switcher.run(times);
  return performance.now() - start;
}

function figures(sample: Sample | undefined): SwitchCostFigures | null {
  if (sample === undefined) return null;
  const { median, min, max, values } = sample;
  return { median, min, max, values };
}
