import * as Plot from '@observablehq/plot';
import { microseconds } from '../format.js';
import type { MeasuredRow } from '../rows.js';
import { type ChartOptions, drawLines } from './chart.js';
import { logAxis } from './log-axis.js';
import { colourOf } from './theme.js';

/** Those of the rows that were also measured in a process that had just started. */
export function measuredCold(rows: readonly MeasuredRow[]): MeasuredRow[] {
  return rows.filter(row => row.summary.coldP50Us !== null);
}

/** The first ticks of a new process beside all later ones: code that the compiler has not seen yet, nothing learnt. */
export function coldAndWarm(rows: readonly MeasuredRow[], what: string, options: ChartOptions): SVGSVGElement {
  const { theme } = options;
  const pairs = rows.map(row => ({
    name: row.subject.name,
    colour: colourOf(row.subject, theme),
    cold: row.summary.coldP50Us!,
    warm: row.summary.us.p50.value,
  }));
  const x = logAxis(
    pairs.flatMap(({ cold, warm }) => [cold, warm]),
    0.1,
  );
  const title = ({ name, cold, warm }: (typeof pairs)[number]) =>
    `${name}\ncold ${microseconds(cold)}\nwarm ${microseconds(warm)}`;
  return drawLines(
    rows,
    { x, title: `median ${what}, µs →`, y: { type: 'point', padding: 0.6 }, height: 26 },
    [
      Plot.link(pairs, {
        y: 'name',
        x1: pair => x.clamp(pair.cold),
        x2: pair => x.clamp(pair.warm),
        stroke: 'colour',
        strokeWidth: 2,
        strokeOpacity: 0.5,
      }),
      Plot.dot(pairs, {
        y: 'name',
        x: pair => x.clamp(pair.cold),
        r: 5,
        stroke: 'colour',
        strokeWidth: 2,
        fill: theme.background,
        title,
      }),
      Plot.dot(pairs, { y: 'name', x: pair => x.clamp(pair.warm), r: 5.5, fill: 'colour', title, className: 'warm' }),
    ],
    options,
  );
}
