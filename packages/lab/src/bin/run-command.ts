import { LabRun } from '../measuring/lab-run.js';
import { OutputFile } from '../results/output-file.js';
import { coloursFor } from '../views/colours.js';
import { progressView } from '../views/progress-view.js';
import { header, report } from '../views/report.js';
import type { RunOptions } from './command-line.js';
import { planRun } from './plan-run.js';

/**
 * Measures, shows the results and saves them.
 *
 * @returns the exit code
 * @throws UsageError
 */
export async function run(options: RunOptions): Promise<number> {
  const plan = await planRun(options);
  const json = options.json === undefined ? undefined : await OutputFile.at('--json', options.json);
  const colours = coloursFor(process.stdout);
  const progress = progressView(process.stderr);
  const labRun = new LabRun(plan, { progressed: (share, doing, left) => progress.show(share, doing, left) });
  console.log(`${header(labRun.results(), colours)}\n`);
  if (plan.absent.length > 0) console.log(`Not here: ${plan.absent.join(', ')}.\n`);
  const interrupt = () => labRun.interrupt();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const results = await labRun.measure().finally(() => progress.end());
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  console.log(report(results, colours));
  await json?.write(`${JSON.stringify(results)}\n`);
  return results.partial === null ? 0 : 1;
}
