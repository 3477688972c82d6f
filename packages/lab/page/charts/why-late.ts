import * as Plot from '@observablehq/plot';
import type { LateTick, Row, Why } from '../../src/results/results.js';
import { microseconds } from '../format.js';
import { axisOptions, type ChartOptions, draw, gridOptions, nameAxis, nameMargin, titleOfX } from './chart.js';
import { widthOf } from './place-labels.js';
import type { Theme } from './theme.js';

/** A row whose late samples were looked into. */
export type ExplainedRow = Row & { readonly why: Why };

export function isExplained(row: Row): row is ExplainedRow {
  return (row.why?.late.length ?? 0) > 0;
}

/** What a late sample consists of: the parts add up to the whole. */
export const PARTS: readonly {
  readonly title: string;
  readonly of: (tick: LateTick) => number;
  readonly colour: number;
}[] = [
  { title: 'itself', of: tick => tick.ownUs, colour: 5 },
  { title: 'strategy', of: tick => tick.strategyUs, colour: 0 },
  { title: 'handler', of: tick => tick.handlerUs, colour: 2 },
  { title: 'queue', of: tick => tick.queueUs, colour: 1 },
  { title: 'garbage collector', of: tick => tick.gcUs, colour: 3 },
  { title: 'no core', of: tick => tick.machineUs ?? 0, colour: 4 },
];

/** The mean of a part over the late samples of a row, in microseconds. */
export function meanOf({ why }: ExplainedRow, of: (tick: LateTick) => number): number {
  return why.late.reduce((sum, tick) => sum + of(tick), 0) / why.late.length;
}

const LEGEND_ROW = 20;

/** Stacked bars of the parts. */
export function whyLate(rows: readonly ExplainedRow[], options: ChartOptions): SVGSVGElement {
  const { theme, width } = options;
  const margin = nameMargin(rows, width);
  const bars = rows.flatMap(row => stack(row, theme));
  const legend = legendEntries(width, theme);
  const top = LEGEND_ROW * (1 + legend.at(-1)!.row) + 10;
  const most = Math.max(...bars.map(bar => bar.to), 1);
  const unit = most > 2000 ? { name: 'ms', us: 1000 } : { name: 'µs', us: 1 };
  const shared = {
    y: 'name',
    x1: (bar: Bar) => bar.from / unit.us,
    x2: (bar: Bar) => bar.to / unit.us,
    fill: 'colour',
    title: (bar: Bar) => `${bar.name}: ${bar.title} ${microseconds(bar.to - bar.from)}`,
  } as const;
  return draw(
    {
      height: rows.length * 36 + top + 46,
      marginLeft: margin,
      marginRight: 18,
      marginTop: top,
      marginBottom: 46,
      x: { domain: [0, most / unit.us], label: null },
      y: { type: 'band', domain: rows.map(row => row.subject.name), label: null, padding: 0.3 },
      marks: [
        Plot.gridX(gridOptions(theme)),
        Plot.axisX(axisOptions(theme)),
        nameAxis(margin, theme),
        titleOfX(`mean of the late samples, ${unit.name} →`, theme),
        Plot.barX(bars, { ...shared, className: 'parts' }),
        legendMarks(legend, margin, top, theme),
      ],
    },
    options,
  );
}

interface Bar {
  readonly name: string;
  readonly title: string;
  readonly colour: string;
  readonly from: number;
  readonly to: number;
}

function stack(row: ExplainedRow, theme: Theme): Bar[] {
  let end = 0;
  return PARTS.map(({ title, of, colour }) => {
    const from = end;
    end += meanOf(row, of);
    return { name: row.subject.name, title, colour: theme.parts[colour]!, from, to: end };
  });
}

interface Entry {
  readonly title: string;
  readonly colour: string;
  readonly left: number;
  readonly row: number;
}

/** As many rows as the width asks for. */
function legendEntries(width: number, theme: Theme): Entry[] {
  let left = 0;
  let row = 0;
  return PARTS.map(({ title, colour }) => {
    const needed = widthOf(title, 12) + 28;
    if (left > 0 && left + needed > width) {
      left = 0;
      row++;
    }
    const entry = { title, colour: theme.parts[colour]!, left, row };
    left += needed;
    return entry;
  });
}

function legendMarks(entries: readonly Entry[], margin: number, top: number, theme: Theme): Plot.Markish[] {
  return entries.flatMap(({ title, colour, left, row }) => {
    const place = { frameAnchor: 'top-left', dx: left - margin + 10, dy: -top + 10 + LEGEND_ROW * row } as const;
    const text = { ...place, textAnchor: 'start', lineAnchor: 'middle', fill: theme.muted } as const;
    return [
      Plot.dot([0], { ...place, r: 5, symbol: 'square', fill: colour }),
      Plot.text([title], { ...text, dx: place.dx + 10 }),
    ];
  });
}
