import { decimal, type Sample } from '@escapement/lab';
import { isReached, type Reach, ratioOf, type Standing } from './contest.js';

/** A table in Markdown, which reads well in a terminal too and goes into the documentation as it is. */
export function standingsTable(standings: readonly Standing[]): string {
  const heads = ['what', 'ours', 'min to max', 'anchor', 'ratio', 'reach', ''];
  const rows = standings.map(cellsOf);
  const widths = heads.map((head, column) => Math.max(3, head.length, ...rows.map(row => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n]!)).join(' | ')} |`;
  return [line(heads), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cellsOf(standing: Standing): string[] {
  const { what, unit, ours, anchor, reach } = standing;
  const ratio = ratioOf(standing);
  return [
    what,
    `${figure(ours.median)} ${unit}`,
    range(ours),
    anchor === undefined ? '-' : `${anchor.name}: ${figure(anchor.figure.median)} ${unit}`,
    ratio === undefined ? '-' : decimal(ratio, 2),
    describeReach(reach, unit),
    isReached(standing) ? 'reached' : 'MISSED',
  ];
}

function range(sample: Sample): string {
  return sample.values.length === 1 ? '-' : `${figure(sample.min)} to ${figure(sample.max)}`;
}

function describeReach(reach: Reach, unit: string): string {
  return 'atMost' in reach ? `<= ${figure(reach.atMost)} ${unit}` : `<= ${decimal(reach.timesAnchor, 2)} x`;
}

/** Three digits that say something. */
function figure(value: number): string {
  if (value === 0) return '0';
  return decimal(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
