import type { Quantile, Results, Row, ScenarioResults } from '../results/results.js';

type Value = string | number | null | undefined;

/**
 * A line for each row with all its figures, and headings that name their units. It has no raw samples: those are in the JSON.
 * Lines end as RFC 4180 has it; what is not known is empty.
 *
 * @example writeFileSync('results.csv', csv(results));
 */
export function csv({ scenarios }: Results): string {
  const rows = scenarios.flatMap(scenario => scenario.rows.map(row => ({ scenario, row })));
  const figures = [...new Set(rows.flatMap(({ row }) => Object.keys(row.summary?.figures ?? {})))];
  const records = rows.map(({ scenario, row }) => [
    ...Object.values(fields(scenario, row)),
    ...figures.map(name => row.summary?.figures[name]),
  ]);
  const heads = rows.length === 0 ? [] : Object.keys(fields(rows[0]!.scenario, rows[0]!.row));
  return [[...heads, ...figures], ...records].map(record => `${record.map(field).join(',')}\r\n`).join('');
}

/** The values of a line by their headings. */
function fields({ name, parameter, unit }: ScenarioResults, row: Row): Record<string, Value> {
  const { subject, setting, rounds, summary, failure } = row;
  const disturbance = summary?.disturbance;
  return {
    scenario: name,
    parameter,
    setting,
    unit,
    subject: subject.name,
    kind: subject.kind,
    waits: subject.waits,
    from: subject.from,
    rounds: rounds.length,
    samples: summary?.count ?? 0,
    early: summary?.early,
    missed: summary?.missed,
    min_us: summary?.us.min,
    ...quantileFields('p50', summary?.us.p50),
    ...quantileFields('p90', summary?.us.p90),
    ...quantileFields('p99', summary?.us.p99),
    ...quantileFields('p99.9', summary?.us['p99.9']),
    max_us: summary?.us.max,
    cold_p50_us: summary?.coldP50Us,
    cpu_percent: summary?.cpuPercent,
    cpu_us_per_sample: summary?.cpuUsPerSample,
    rounds_hit_share: disturbance?.roundsHit,
    run_queue_ms: disturbance?.runQueueMs,
    involuntary_switches: disturbance?.involuntarySwitches,
    steal_ms: disturbance?.stealMs,
    throttled_ms: disturbance?.throttledMs,
    gc_ms: disturbance?.gcMs,
    failure,
  };
}

function quantileFields(name: string, quantile: Quantile | null | undefined): Record<string, Value> {
  const [low, high] = quantile?.interval ?? [];
  return { [`${name}_us`]: quantile?.value, [`${name}_low_us`]: low, [`${name}_high_us`]: high };
}

/** A spreadsheet would run a text that begins like a formula, so that gets a quote before it; a scoped package is none. */
const FORMULA = /^(?:[=+\-\t\r]|@(?![\w-]+\/[\w-]+$))/;

function field(value: Value): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(Number(value.toFixed(4)));
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
