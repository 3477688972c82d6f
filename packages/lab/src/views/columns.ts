import type { Quantile, Row, Summary } from '../results/results.js';
import { pairedRatio } from '../statistics/ratios.js';
import type { Colours } from './colours.js';
import { mark } from './disturbances.js';
import { bySetting, inOrder, type Measured } from './measured.js';
import { brief, percent, reach, whole } from './numbers.js';
import { cleaned } from './text.js';

/** A column that a table of rows may have. */
export interface Offered {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Spaces before its widest text. */
  readonly gap: number;
  /** If not all fit, those of the highest rank are left out. */
  readonly rank: number;
  /** Rather than be left out, it lets names be cut. */
  readonly isNeeded: boolean;
  /** A figure of the scenario's own. */
  readonly isFigure: boolean;
  /** Null: there is nothing to tell. */
  text(measured: Measured): string | null;
  paint(measured: Measured, colours: Colours): (text: string) => string;
}

type Read = (summary: Summary) => number | null;

/** Those that have something to tell of at least one row, in the order in which they are shown. */
export function offeredColumns(rows: readonly Measured[]): Offered[] {
  const figures = [...new Set(rows.flatMap(({ summary }) => Object.keys(summary.figures)))];
  return [...LATENESS, ...COUNTS, ...figures.map(figureColumn), ...COSTS, ratioColumn(rows), MARK].filter(column =>
    rows.some(each => (column.text(each) ?? '') !== ''),
  );
}

const LATENESS: readonly Offered[] = [
  latenessColumn('p50', 0, ({ us }) => us.p50.value),
  { ...column('95 %', 5, ({ summary }) => reachOf(summary.us.p50)), gap: 1, align: 'left' },
  latenessColumn('p90', 7, ({ us }) => levelOf(us.p90)),
  latenessColumn('p99', 2, ({ us }) => levelOf(us.p99)),
  column('95 %', 10, ({ summary }) => rangeOf(summary.us.p99)),
  latenessColumn('p99.9', 11, ({ us }) => levelOf(us['p99.9'])),
  latenessColumn('max', 6, ({ us }) => us.max),
];

const COUNTS: readonly Offered[] = [
  countColumn('early', ({ early }) => early, 'red'),
  countColumn('missed', ({ missed }) => missed, 'yellow'),
];

const COSTS: readonly Offered[] = [
  {
    ...column('CPU %', 1, ({ summary }) => (summary.cpuPercent === null ? null : percent(summary.cpuPercent))),
    paint: ({ summary }, colours) => byMagnitude(summary.cpuPercent ?? 0, 10, 50, colours),
  },
  column('CPU us', 8, ({ summary }) => briefOf(summary.cpuUsPerSample)),
  latenessColumn('cold', 9, ({ coldP50Us }) => coldP50Us),
  column('samples', 12, ({ summary }) => whole(summary.count)),
];

/** How many times as late as the first of its table, round by round, so that slow phases of the machine cancel out. */
function ratioColumn(rows: readonly Measured[]): Offered {
  const firsts = new Map(bySetting(rows).map(group => [group[0]!.row.label, inOrder(group)[0]!.row]));
  return column('x first', 8, ({ row }) => ratioText(row, firsts.get(row.label)!));
}

/** `1.4 (1.2-1.7)` */
function ratioText(row: Row, first: Row): string | null {
  const ratio = row === first ? null : pairedRatio(row, first);
  return ratio?.interval ? `${brief(ratio.ratio)} (${ratio.interval.map(brief).join('-')})` : null;
}

const MARK: Offered = {
  ...column('', 4, ({ row }) => mark(row)),
  gap: 1,
  align: 'left',
  isNeeded: true,
  paint: (_, { yellow }) => yellow,
};

function column(head: string, rank: number, text: Offered['text']): Offered {
  return { head, rank, text, gap: 2, align: 'right', isNeeded: rank <= 3, isFigure: false, paint: () => same };
}

function latenessColumn(head: string, rank: number, read: Read): Offered {
  return {
    ...column(head, rank, ({ summary }) => briefOf(read(summary))),
    paint: ({ summary }, colours) => {
      const us = read(summary) ?? 0;
      return us < 0 ? colours.red : byMagnitude(us, 10, 1000, colours);
    },
  };
}

/** A column of figures that should be 0 is there only if one is not. */
function countColumn(head: string, read: (summary: Summary) => number, bad: 'red' | 'yellow'): Offered {
  return {
    ...column(head, 3, ({ summary }) => (read(summary) === 0 ? '' : whole(read(summary)))),
    paint: (_, colours) => colours[bad],
  };
}

function figureColumn(name: string): Offered {
  const read = ({ summary }: Measured) => summary.figures[name];
  return { ...column(cleaned(name), 4, each => briefOf(read(each) ?? null)), isFigure: true };
}

/** Green below `fair`, red from `bad` on, yellow in between. */
function byMagnitude(value: number, fair: number, bad: number, { green, yellow, red }: Colours) {
  if (value < fair) return green;
  return value < bad ? yellow : red;
}

function levelOf(quantile: Quantile | null): number | null {
  return quantile === null ? null : quantile.value;
}

function briefOf(value: number | null): string | null {
  return value === null ? null : brief(value);
}

/** `±0.3` */
function reachOf({ value, interval }: Quantile): string | null {
  return interval === null ? null : reach(value, interval);
}

/** `34.1-117` */
function rangeOf(quantile: Quantile | null): string | null {
  return quantile?.interval ? quantile.interval.map(brief).join('-') : null;
}

function same(text: string): string {
  return text;
}
