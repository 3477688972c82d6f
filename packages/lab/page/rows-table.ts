import type { Row, ScenarioResults } from '../src/results/results.js';
import { familyOf } from './charts/theme.js';
import { short } from './format.js';
import { tellsHits } from './rows.js';
import { type Column, sortableTable } from './table.js';

type Figure = (row: Row) => number | null | undefined;

/** All rows of a scenario with all their figures. */
export function rowsTable(scenario: ScenarioResults): HTMLElement {
  const figures = new Set(scenario.rows.flatMap(row => Object.keys(row.summary?.figures ?? {})));
  const columns: Column<Row>[] = [
    { heading: 'subject', text: row => row.subject.name },
    { heading: scenario.parameter, text: row => row.label, key: row => row.setting },
    { heading: 'waits', hint: 'what it does with the thread', text: row => familyOf(row.subject).title },
    number('n', 'samples', row => row.summary?.count),
    quantile('p50'),
    {
      heading: 'interval',
      hint: 'holds the median with 95 % confidence, µs',
      text: row => interval(row.summary?.us.p50.interval),
      key: row => row.summary?.us.p50.interval?.[0] ?? null,
    },
    quantile('p90'),
    quantile('p99'),
    quantile('p99.9'),
    number('min', 'µs', row => row.summary?.us.min),
    number('max', 'µs', row => row.summary?.us.max),
    number('early', 'samples below 0', row => row.summary?.early),
    number('missed', 'ticks that were over when the next was due', row => row.summary?.missed),
    number('CPU %', 'processor time over wall time; 100 is one busy core', row => row.summary?.cpuPercent),
    number(
      'CPU µs',
      'processor time for each sample: compares rows of different rates',
      row => row.summary?.cpuUsPerSample,
    ),
    number('cold p50', 'the first ticks of a new process, µs', row => row.summary?.coldP50Us),
    number('rounds', 'measured', row => row.rounds.length),
    {
      heading: 'hit',
      hint: 'share of the rounds that something outside held up',
      text: row => (tellsHits(row) ? `${Math.round(row.summary!.disturbance.roundsHit * 100)} %` : '–'),
      key: row => (tellsHits(row) ? row.summary!.disturbance.roundsHit : null),
    },
    number('no core', 'ready, but without a core, ms', row => row.summary?.disturbance.runQueueMs),
    number(
      'switches',
      'involuntary: another thread took the core',
      row => row.summary?.disturbance.involuntarySwitches,
    ),
    number('steal', 'a hypervisor ran something else, ms', row => row.summary?.disturbance.stealMs),
    number('throttled', 'the control group was out of its share, ms', row => row.summary?.disturbance.throttledMs),
    number('GC', 'garbage collection, ms', row => row.summary?.disturbance.gcMs),
    ...[...figures].map(name => number(name, '', row => row.summary?.figures[name])),
    { heading: 'from', text: row => row.subject.from },
    { heading: 'failure', text: row => row.failure ?? '' },
  ];
  // What no row of this scenario has would be an empty column.
  const filled = columns.filter(column => scenario.rows.some(row => !['', '–'].includes(column.text(row))));
  return sortableTable(`${scenario.name}: ${scenario.title}`, filled, scenario.rows);
}

function number(heading: string, hint: string, figure: Figure): Column<Row> {
  return { heading, hint, text: row => short(figure(row)), key: row => figure(row) ?? null };
}

function quantile(name: 'p50' | 'p90' | 'p99' | 'p99.9'): Column<Row> {
  return number(name, 'µs; a dash: fewer than ten samples lie beyond', row => row.summary?.us[name]?.value);
}

function interval(bounds: readonly [number, number] | null | undefined): string {
  return bounds ? `${short(bounds[0])} to ${short(bounds[1])}` : '–';
}
