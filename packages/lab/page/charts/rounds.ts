import * as Plot from '@observablehq/plot';
import { medianOf } from '../../src/statistics/summary.js';
import { microseconds } from '../format.js';
import { hits, type MeasuredRow } from '../rows.js';
import { type ChartOptions, drawLines } from './chart.js';
import { logAxis } from './log-axis.js';
import { colourOf, familyOf } from './theme.js';

/**
 * The median of every round, and the median of them all with its interval. Rounds scatter far more than single samples would make
 * one believe: where two rows' dots lie among each other, the rows cannot be told apart.
 */
export function roundMedians(rows: readonly MeasuredRow[], what: string, options: ChartOptions): SVGSVGElement {
  const { theme } = options;
  const dots = rows.flatMap(row =>
    row.rounds.map(round => ({
      name: row.subject.name,
      colour: colourOf(row.subject, theme),
      symbol: familyOf(row.subject).symbol,
      median: medianOf(round.samplesUs),
      round: round.round,
      hits: hits(row, round),
    })),
  );
  const overall = rows.map(row => ({
    name: row.subject.name,
    colour: colourOf(row.subject, theme),
    ...row.summary.us.p50,
  }));
  const x = logAxis([...dots.map(dot => dot.median), ...overall.flatMap(({ interval }) => interval ?? [])], 0.1);
  return drawLines(
    rows,
    { x, title: `median ${what} of a round, µs →`, y: { type: 'band', padding: 0.1 }, height: 30 },
    [
      Plot.ruleY(
        overall.filter(({ interval }) => interval),
        {
          y: 'name',
          x1: ({ interval }) => x.clamp(interval![0]),
          x2: ({ interval }) => x.clamp(interval![1]),
          stroke: 'colour',
          strokeWidth: 10,
          strokeOpacity: 0.25,
          strokeLinecap: 'round',
        },
      ),
      Plot.tickX(overall, {
        y: 'name',
        x: ({ value }) => x.clamp(value),
        stroke: 'colour',
        strokeWidth: 2.5,
        insetTop: 5,
        insetBottom: 5,
      }),
      Plot.dot(dots, {
        y: 'name',
        x: ({ median }) => x.clamp(median),
        r: 4,
        symbol: (dot: (typeof dots)[number]) => dot.symbol,
        fill: (dot: (typeof dots)[number]) => (dot.hits.length > 0 ? theme.background : dot.colour),
        stroke: 'colour',
        strokeWidth: 1.5,
        fillOpacity: 0.8,
        title: ({ name, round, median, hits }) =>
          [`${name}, round ${round + 1}: ${microseconds(median)}`, ...hits].join('\n'),
        className: 'rounds',
      }),
    ],
    options,
  );
}
