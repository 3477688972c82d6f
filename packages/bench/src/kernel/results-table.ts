import { decimal, type Sample } from '@escapement/lab/internal';
import type { BenchmarkResult, Reach } from './benchmark.js';
import { medianInterval, ratioOf, verdictOf } from './verdict.js';

/** A Markdown table, readable in a terminal and ready for the documentation. */
export function resultsTable(results: readonly BenchmarkResult[]): string {
  const heads = ['what', 'ours', 'min to max', 'anchor', 'ratio', 'reach', ''];
  const rows = results.map(cellsOf);
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`;
  return [line(heads), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cellsOf(result: BenchmarkResult): string[] {
  const { what, unit, ours, anchor, reach } = result;
  const ratio = ratioOf(result);
  return [
    what,
    `${figure(ours.median)} ${unit}`,
    range(ours),
    anchor === undefined ? '-' : `${anchor.name}: ${figure(anchor.figure.median)} ${unit}`,
    ratio === undefined ? '-' : ratioWithInterval(ratio),
    describeReach(reach, unit),
    verdictOf(result),
  ];
}

function ratioWithInterval(ratio: Sample): string {
  const { low, high } = medianInterval(ratio);
  const median = decimal(ratio.median, 2);
  return ratio.values.length === 1 ? median : `${median} (${decimal(low, 2)} to ${decimal(high, 2)})`;
}

function range(sample: Sample): string {
  return sample.values.length === 1 ? '-' : `${figure(sample.min)} to ${figure(sample.max)}`;
}

function describeReach(reach: Reach, unit: string): string {
  return 'atMost' in reach ? `<= ${figure(reach.atMost)} ${unit}` : `<= ${decimal(reach.timesAnchor, 2)} x`;
}

/** At least three significant digits. */
function figure(value: number): string {
  if (value === 0) return '0';
  return decimal(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
