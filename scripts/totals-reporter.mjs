// Mocha's spec reporter, which also leaves its totals in the folder $MOCHA_TOTALS: a file for each run.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

export default class TotalsReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const file = join(process.env.MOCHA_TOTALS, `${process.pid}.json`);
      writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
}
