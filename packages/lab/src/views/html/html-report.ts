import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Results } from '../../results/results.js';
import { fitting } from './fitting.js';

/** What a report says besides the results. */
export interface ReportOptions {
  /** The plain answer at its top, a sentence each. Default: none. */
  readonly answer?: readonly string[];
}

/** What is in the page. */
export interface ReportData {
  readonly results: Results;
  readonly answer: readonly string[];
  /** Of so many samples of a round one was kept, so that the file stays small; 1: all are there. */
  readonly keptOneOf: number;
}

const TEMPLATE = new URL('../../../bundle/report.html', import.meta.url);
const DATA = '<!-- data -->';
const MOST_BYTES = 2_000_000;

/**
 * The results as a page in one file: charts, tables, and the raw data to download. It opens from disk, loads nothing, and has at
 * most 2 MB. If the samples are too many for that, it holds some of them and says so; the figures are of all.
 *
 * @param results of a run that is over, or of what there is of it
 * @returns the content of the file
 * @example
 * writeFileSync('report.html', htmlReport(results, { answer: ['For 1 kHz ticks here: hybrid.'] }));
 */
export function htmlReport(results: Results, options: ReportOptions = {}): string {
  const template = readFileSync(TEMPLATE, 'utf8');
  const answer = options.answer ?? [];
  const data = fitting(results, MOST_BYTES - Buffer.byteLength(template), (kept, keptOneOf) =>
    packed({ results: kept, answer, keptOneOf }),
  );
  // A function: in a text `$&` would have a meaning.
  return template.replace(DATA, () => data);
}

/** Base64 has no character that means something in HTML: whatever the results contain, it cannot end its element. */
function packed(data: ReportData): string {
  return gzipSync(JSON.stringify(data), { level: 9 }).toString('base64');
}
