import { type Results, type Row, SCHEMA } from '@escapement/lab';
import { MACHINE } from './made-up-machine.js';
import { rowOfMedian } from './made-up-row.js';

/** A row of made-up results: of `'hybrid'` at 1000 Hz in `metronome`, if nothing else is said. */
export interface MadeUpRow {
  /** In microseconds; null: it failed. */
  readonly median: number | null;
  readonly subject?: string;
  readonly scenario?: string;
  readonly setting?: number;
  /** Processor time for each sample, in microseconds. */
  readonly cpuUs?: number;
}

/** The results of a run with these rows. */
export function madeUpResults(rows: readonly MadeUpRow[], changes: Partial<Results> = {}): Results {
  const names = [...new Set(rows.map(({ scenario = 'metronome' }) => scenario))];
  return {
    schema: SCHEMA,
    lab: '0.1.0',
    date: '2026-11-27T12:00:00.000Z',
    partial: null,
    machine: MACHINE,
    parameters: { seed: 1, rounds: 3, timeLimitMs: null, untilLateMs: null },
    scenarios: names.map(name => ({
      name,
      title: name,
      samples: 'lateness',
      parameter: 'rate',
      unit: 'Hz',
      explanation: '',
      rows: rows.filter(({ scenario = 'metronome' }) => scenario === name).map(rowOf),
    })),
    ...changes,
  };
}

/** Runs that scatter a little about one median. */
export function runsAbout(median: number, count = 5, row: Partial<MadeUpRow> = {}): Results[] {
  return Array.from({ length: count }, (_, n) => {
    const scatter = 1 + 0.01 * (n - (count - 1) / 2);
    return madeUpResults([{ ...row, median: median * scatter }]);
  });
}

function rowOf({ median, subject = 'hybrid', setting = 1000, cpuUs = 100 }: MadeUpRow): Row {
  const row = rowOfMedian(subject, setting, median);
  return { ...row, summary: row.summary && { ...row.summary, cpuUsPerSample: cpuUs } };
}
