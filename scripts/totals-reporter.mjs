// Mocha's spec reporter, which also leaves its totals in the folder $MOCHA_TOTALS, a file for each run, with what failed
// in it: a test that fails once in a hundred runs is found by what it said.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

export default class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const failed = this.failures.map(test => `${test.fullTitle()}\n${test.err?.stack}`);
      const file = join(process.env.MOCHA_TOTALS, `${process.pid}.json`);
      writeFileSync(file, JSON.stringify({ node: process.version, passes, failures, pending, failed }));
    });
  }
}
