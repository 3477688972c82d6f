import type { Machine } from '../src/results/machine.js';
import type { Results, ScenarioResults } from '../src/results/results.js';
import { plural } from './format.js';
import { settingsOf } from './rows.js';

/** What a picture that stands alone says above and below itself. */
export function headingOf(results: Results, scenario: ScenarioResults, setting: number) {
  const { label } = settingsOf(scenario.rows).find(each => each.setting === setting)!;
  return {
    title: `${scenario.name}, ${label}: how late, and at what cost`,
    lines: ['Lower left is better. Filled: no other strategy is both earlier and cheaper. Bars: 95 % intervals.'],
    foot: `${machineLine(results.machine)}, ${results.date.slice(0, 10)}`,
  };
}

/** `Node v20.19.0, Linux 6.8.0 x64, 2 cores of AMD EPYC` */
export function machineLine({ node, os, cores, cpu }: Machine): string {
  return `${/^v\d/.test(node) ? `Node ${node}` : node}, ${os}, ${plural(cores, 'core')} of ${cpu}`;
}
