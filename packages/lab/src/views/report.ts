import type { Comparison, ComparisonParameters, ComparisonPlan } from '../comparison.js';
import type { Colours } from './colours.js';
import { latenessTable } from './lateness-table.js';
import { LEGEND } from './legend.js';
import { whole } from './numbers.js';

/** What is asked, where, and how to ask it again; to be shown before the figures are there. */
export function header({ machine, date, parameters }: ComparisonPlan, { bold, dim }: Colours): string {
  const { cores, cpu, os, node } = machine;
  const minute = date.slice(0, 16).replace('T', ' ');
  return [
    bold('How late does each way of waiting wake, and what does it cost?'),
    dim(`${cores} x ${cpu}, ${os}, Node ${node}`),
    dim(`${minute} UTC, seed ${parameters.seed}, ${planned(parameters)} in shuffled order`),
  ].join('\n');
}

/** The answer: every result, and how to read it. */
export function report({ parameters, lateness }: Comparison, colours: Colours): string {
  const shortfall = lateness.rounds < parameters.rounds ? `, ${lateness.rounds} rounds until the time was up` : '';
  return [colours.bold('Lateness in us (microseconds)') + shortfall, latenessTable(lateness, colours), LEGEND].join(
    '\n\n',
  );
}

function planned({ rounds, timeLimitMs }: ComparisonParameters): string {
  const count = `${whole(rounds)} ${rounds === 1 ? 'round' : 'rounds'}`;
  return timeLimitMs === null ? count : `up to ${count}`;
}
