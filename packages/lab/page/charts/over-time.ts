import * as Plot from '@observablehq/plot';
import { microseconds } from '../format.js';
import { hits, type MeasuredRow } from '../rows.js';
import {
  axisOptions,
  axisY,
  type ChartOptions,
  draw,
  gridOptions,
  nameAxis,
  nameMargin,
  titleOfX,
  titleOfY,
} from './chart.js';
import { logAxis } from './log-axis.js';
import { colourOf } from './theme.js';

/** When the machine was disturbed, and whom that hit: rows of one time that are late together share a cause. */
export function overTime(rows: readonly MeasuredRow[], options: ChartOptions): SVGSVGElement {
  const { theme, width } = options;
  const margin = nameMargin(rows, width);
  const spans = rows.flatMap(row =>
    row.rounds.map(round => {
      const sorted = Float64Array.from(round.samplesUs).sort();
      return {
        name: row.subject.name,
        from: round.at / 1000,
        to: (round.at + round.wallMs) / 1000,
        worst: sorted.at(-1)!,
        round: round.round,
        hits: hits(row, round),
      };
    }),
  );
  const end = Math.max(...spans.map(span => span.to));
  const worst = logAxis(
    spans.map(span => span.worst),
    0.1,
  );
  return draw(
    {
      height: rows.length * 26 + 60,
      marginLeft: margin,
      marginRight: 18,
      marginTop: 8,
      marginBottom: 46,
      x: { domain: [0, end], label: null },
      y: { type: 'band', domain: rows.map(row => row.subject.name), label: null, padding: 0.25 },
      color: { type: 'log', domain: worst.domain, range: [...theme.heat], interpolate: 'hcl' },
      marks: [
        Plot.gridX(gridOptions(theme)),
        Plot.axisX(axisOptions(theme)),
        nameAxis(margin, theme),
        titleOfX('seconds since the run began →', theme),
        Plot.barX(spans, {
          y: 'name',
          x1: 'from',
          x2: span => Math.max(span.to, span.from + end / 160),
          fill: span => worst.clamp(span.worst),
          stroke: theme.muted,
          strokeWidth: 0.5,
          rx: 2,
          title: ({ name, round, worst, hits }) =>
            [`${name}, round ${round + 1}: at worst ${microseconds(worst)}`, ...hits].join('\n'),
          className: 'spans',
        }),
        Plot.text(
          spans.filter(span => span.hits.length > 0),
          {
            y: 'name',
            x: span => (Math.max(span.to, span.from + end / 160) + span.from) / 2,
            text: () => '✕',
            fill: theme.ink,
            stroke: theme.background,
            strokeWidth: 3,
            fontWeight: 700,
            fontSize: 11,
            className: 'hits',
            pointerEvents: 'none',
          },
        ),
      ],
    },
    options,
  );
}

/** More marks than twice these make a page slow. */
const MOST_GROUPS = 3000;

/** Every sample of one row, round beside round, with what the machine did in each. */
export function samplesInOrder(row: MeasuredRow, what: string, options: ChartOptions): SVGSVGElement {
  const { theme, width } = options;
  let start = 0;
  const rounds = row.rounds.map(round => {
    const first = start;
    start += round.samplesUs.length;
    return { first, last: start, hits: hits(row, round), round: round.round };
  });
  const each = row.rounds.flatMap((round, n) => round.samplesUs.map((us, k) => ({ n: rounds[n]!.first + k, us })));
  const group = Math.ceil(each.length / MOST_GROUPS);
  const samples = group > 1 ? extremes(each, group) : each;
  const grouped = group > 1 ? `, of each ${group} the least and the greatest` : '';
  const y = logAxis(
    samples.map(sample => sample.us),
    0.1,
  );
  const hit = rounds.filter(round => round.hits.length > 0);
  return draw(
    {
      height: 280,
      marginLeft: 58,
      marginRight: 18,
      marginTop: 40,
      marginBottom: 46,
      x: { domain: [0, start], label: null },
      y: { type: 'log', domain: y.domain, label: null },
      marks: [
        axisY(y, theme),
        Plot.axisX({ ...axisOptions(theme), ticks: Math.floor(width / 110) }),
        titleOfY(`↑ ${what}, µs`, 52, theme),
        titleOfX(`samples, round after round${grouped} →`, theme),
        Plot.rect(hit, {
          x1: 'first',
          x2: 'last',
          y1: y.domain[0],
          y2: y.domain[1],
          fill: theme.parts[1],
          fillOpacity: 0.16,
          title: round => round.hits.join('\n'),
          className: 'hits',
        }),
        Plot.ruleX(rounds.slice(1), { x: 'first', stroke: theme.faint }),
        Plot.text(rounds, {
          x: round => (round.first + round.last) / 2,
          frameAnchor: 'top',
          dy: -8,
          text: round => `${round.hits.length > 0 ? '✕ ' : ''}${round.round + 1}`,
          fill: theme.muted,
          fontSize: 11,
        }),
        Plot.dot(samples, {
          x: 'n',
          y: sample => y.clamp(sample.us),
          r: samples.length > 500 ? 1.6 : 2.4,
          fill: colourOf(row.subject, theme),
          fillOpacity: 0.6,
          className: 'samples',
        }),
      ],
    },
    options,
  );
}

interface Sample {
  readonly n: number;
  readonly us: number;
}

/** The least and the greatest of each so many that follow each other. */
function extremes(samples: readonly Sample[], group: number): Sample[] {
  const found: Sample[] = [];
  for (let first = 0; first < samples.length; first += group) {
    const members = samples.slice(first, first + group);
    const ranked = members.sort((a, b) => a.us - b.us);
    found.push(ranked[0]!, ranked.at(-1)!);
  }
  return found;
}
