import type { Parameters, Results } from '../results/results.js';
import type { Colours } from './colours.js';
import { untilLateStory, whyLate } from './late-tick-story.js';
import { scenarioTable } from './lateness-table.js';
import { whole } from './numbers.js';

/** The question, the machine, and how to repeat the run. Shown before the results exist. */
export function header({ machine, date, parameters }: Results, { bold, dim }: Colours): string {
  const { cores, cpu, os, node } = machine;
  const minute = date.slice(0, 16).replace('T', ' ');
  return [
    bold('How late does each way of waiting wake, and what does it cost?'),
    dim(`${cores} x ${cpu}, ${os}, Node ${node}`),
    dim(`${minute} UTC, seed ${parameters.seed}, ${planned(parameters)} in shuffled order`),
  ].join('\n');
}

/** All results, and how to read them. */
export function report(results: Results, colours: Colours): string {
  const { scenarios, parameters } = results;
  const failures = scenarios.flatMap(({ rows }) => rows).flatMap(({ failure }) => failure ?? []);
  const tables = scenarios.map(each => `${colours.bold(each.title)}\n\n${scenarioTable(each, colours)}`);
  if (parameters.untilLateMs !== null) return [untilLateStory(results), ...new Set(failures)].join('\n\n');
  const late = scenarios.flatMap(({ rows }) => rows).flatMap(row => whyLate(row) ?? []);
  const why = late.length === 0 ? [] : [colours.bold('Why late'), ...late];
  return [...tables, ...why, ...new Set(failures)].join('\n\n');
}

function planned({ rounds, timeLimitMs }: Parameters): string {
  return rounds === null ? `rounds for ${whole((timeLimitMs ?? 0) / 1000)} s` : `${whole(rounds)} rounds`;
}
