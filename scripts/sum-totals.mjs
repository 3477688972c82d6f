// Usage: sum-totals.mjs FOLDER RUNS. Prints what failed in the mocha runs that left their totals in FOLDER, then the sum
// of RUNS such runs, on a line. A run that left none crashed: it counts as a failure.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, runs] = process.argv.slice(2);
const totals = readdirSync(folder).map(file => JSON.parse(readFileSync(join(folder, file), 'utf8')));
const sum = key => totals.reduce((total, run) => total + run[key], 0);
const crashed = Number(runs) - totals.length;
for (const { node, failed } of totals) {
  for (const failure of failed) {
    console.log(`FAILED on node ${node}: ${failure}`);
  }
}
console.log(`${sum('passes')} passed, ${sum('failures') + crashed} failed, ${sum('pending')} skipped`);
