import { constants } from 'node:os';
import { LabRun } from '../measuring/lab-run.js';
import type { Results } from '../results/results.js';
import { header } from '../views/header.js';
import { progressView } from '../views/progress-view.js';
import { report } from '../views/report.js';
import { terminalOf } from '../views/terminal.js';
import { wrapped } from '../views/text.js';
import type { RunOptions } from './command-line.js';
import { Outputs } from './outputs.js';
import { planRun } from './plan-run.js';

/**
 * Measures, shows the results and saves them.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function run(options: RunOptions): Promise<number> {
  const plan = await planRun(options);
  const outputs = await Outputs.at(options);
  const terminal = terminalOf(process.stdout);
  const progress = progressView(process.stderr);
  const labRun = new LabRun(plan, { progressed: (share, doing, left) => progress.show(share, doing, left) });
  console.log(`${header(labRun.results(), terminal)}\n`);
  if (plan.absent.length > 0) console.log(`${wrapped(`Not here: ${plan.absent.join(', ')}.`, terminal.width)}\n`);
  const { results, signal } = await interruptible(labRun).finally(() => progress.end());
  console.log(report(results, terminal));
  const problems = await outputs.write(results);
  for (const problem of problems) console.error(`escapement-lab: ${problem}`);
  if (signal !== undefined) return 128 + constants.signals[signal];
  return labRun.hasFailed || problems.length > 0 ? 1 : 0;
}

type Signal = 'SIGINT' | 'SIGTERM';

interface Ended {
  readonly results: Results;
  /** What ended it before its time. */
  readonly signal?: Signal;
}

/** The first signal ends the measurement; a second one ends this process at once, as it would without us. */
async function interruptible(labRun: LabRun): Promise<Ended> {
  let received: Signal | undefined;
  const interrupt = (signal: Signal) => {
    received ??= signal;
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    labRun.interrupt();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  const results = await labRun.measure();
  // What follows is short, and shall not be lost.
  return received === undefined ? { results } : { results, signal: received };
}
