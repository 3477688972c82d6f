import type { Comparison, ComparisonParameters, ComparisonPlan } from '../comparison.js';
import type { Colours } from './colours.js';
import { latenessTable } from './lateness-table.js';
import { LEGEND } from './legend.js';
import { whole } from './numbers.js';

/** The question, the machine, and how to repeat the run. Shown before the results exist. */
export function header({ machine, date, parameters }: ComparisonPlan, { bold, dim }: Colours): string {
  const { cores, cpu, os, node } = machine;
  const minute = date.slice(0, 16).replace('T', ' ');
  return [
    bold('How late does each way of waiting wake, and what does it cost?'),
    dim(`${cores} x ${cpu}, ${os}, Node ${node}`),
    dim(`${minute} UTC, seed ${parameters.seed}, ${planned(parameters)} in shuffled order`),
  ].join('\n');
}

/** All results, and how to read them. */
export function report({ parameters, lateness }: Comparison, colours: Colours): string {
  const shortfall = lateness.rounds < parameters.rounds ? `, ${lateness.rounds} rounds within the time limit` : '';
  return [colours.bold('Lateness in us (microseconds)') + shortfall, latenessTable(lateness, colours), LEGEND].join(
    '\n\n',
  );
}

function planned({ rounds, timeLimitMs }: ComparisonParameters): string {
  const count = `${whole(rounds)} ${rounds === 1 ? 'round' : 'rounds'}`;
  return timeLimitMs === null ? count : `up to ${count}`;
}
