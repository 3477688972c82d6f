import * as Plot from '@observablehq/plot';
import { microseconds } from '../format.js';
import { type MeasuredRow, sortedSamples } from '../rows.js';
import { type ChartOptions, draw, tickFormat } from './chart.js';
import { logAxis } from './log-axis.js';
import { colourOf } from './theme.js';

const LOWEST = 0.1;
const MOST_POINTS = 120;
/** Beyond fewer samples than these, a line is chance. */
const FEW = 10;

interface Step {
  readonly panel: number;
  readonly us: number;
  readonly share: number;
}

/**
 * Which share of the samples is later than what: a panel for each row, with all others behind it in grey. Long tails, which decide
 * whether a deadline is met, are invisible in a histogram and plain here.
 */
export function survival(rows: readonly MeasuredRow[], options: ChartOptions): SVGSVGElement {
  const { theme, width } = options;
  const columns = Math.max(2, Math.min(5, Math.floor(width / 215)));
  const lines = rows.map((row, panel) => ({ row, panel, ...curveOf(row, panel) }));
  const all = lines.flatMap(({ steps }) => steps);
  const x = logAxis(
    all.map(step => step.us),
    LOWEST,
  );
  const shares = [1, 0.1, 0.01, 0.001, 0.0001, 0.00001].filter(
    share => share >= Math.min(...all.map(step => step.share)) / 1.5,
  );
  const lowest = Math.min(...all.map(step => step.share));
  const facet = { fx: (step: Step) => step.panel % columns, fy: (step: Step) => Math.floor(step.panel / columns) };
  const place = { x: (step: Step) => x.clamp(step.us), y: 'share', curve: 'step-before' } as const;
  const panels = rows.map((row, panel) => ({ row, panel, us: 0, share: 0 }));
  return draw(
    {
      height: Math.ceil(rows.length / columns) * 150 + 60,
      marginLeft: 44,
      marginRight: 14,
      marginTop: 8,
      marginBottom: 44,
      x: { type: 'log', domain: x.domain, label: null },
      y: { type: 'log', domain: [lowest, 1], label: null },
      fx: { axis: null, padding: 0.1 },
      fy: { axis: null, padding: 0.2 },
      marks: [
        Plot.gridX(decades(x.ticks), { stroke: theme.grid, strokeOpacity: 1 }),
        Plot.gridY(shares, { stroke: theme.grid, strokeOpacity: 1 }),
        Plot.axisX(everyOther(decades(x.ticks)), {
          tickFormat: axisTime,
          label: null,
          tickSize: 0,
          fill: theme.muted,
          fontSize: 11,
        }),
        Plot.axisY(shares, { tickFormat: shareText, label: null, tickSize: 0, fill: theme.muted, fontSize: 11 }),
        Plot.line(
          all.filter(step => step.share * 3 > lowest),
          {
            ...place,
            facet: null,
            fx: null,
            fy: null,
            z: 'panel',
            stroke: theme.faint,
            strokeOpacity: 0.55,
            strokeWidth: 1,
          },
        ),
        lines.flatMap(({ row, steps, firm }) => [
          Plot.line(steps, {
            ...place,
            ...facet,
            stroke: colourOf(row.subject, theme),
            strokeWidth: 1.5,
            strokeDasharray: '1 3',
          }),
          Plot.line(steps.slice(0, firm), {
            ...place,
            ...facet,
            stroke: colourOf(row.subject, theme),
            strokeWidth: 2.25,
            className: 'curve',
          }),
        ]),
        Plot.text(panels, {
          ...facet,
          frameAnchor: 'top-right',
          text: ({ row }) => row.subject.name,
          dy: 5,
          dx: -3,
          fontWeight: 600,
          fill: theme.ink,
          stroke: theme.background,
          strokeWidth: 4,
        }),
        Plot.text(panels, {
          ...facet,
          frameAnchor: 'top-right',
          text: ({ row }) => tailText(row),
          dy: 20,
          dx: -3,
          fontSize: 11,
          fill: theme.muted,
          stroke: theme.background,
          strokeWidth: 4,
        }),
      ],
    },
    options,
  );
}

function tailText({ summary: { us } }: MeasuredRow): string {
  return us.p99 ? `1 % later than ${microseconds(us.p99.value)}` : `half later than ${microseconds(us.p50.value)}`;
}

/** At ranks that lie evenly on a logarithmic axis; `firm` of them have ten samples beyond. */
function curveOf(row: MeasuredRow, panel: number): { steps: Step[]; firm: number } {
  const sorted = sortedSamples(row);
  const count = sorted.length;
  const steps: Step[] = [];
  let firm = 0;
  let previous = -1;
  for (let n = 0; n <= MOST_POINTS; n++) {
    const beyond = Math.round(count ** (1 - n / MOST_POINTS));
    if (beyond === previous) continue;
    previous = beyond;
    steps.push({ panel, us: sorted[count - beyond]!, share: beyond / count });
    if (beyond >= FEW) firm = steps.length;
  }
  return { steps, firm };
}

const decades = (ticks: readonly number[]) => ticks.filter(tick => Math.log10(tick) % 1 === 0);

function everyOther(ticks: readonly number[]): number[] {
  return ticks.length > 4 ? ticks.filter((_, n) => n % 2 === (ticks.length - 1) % 2) : [...ticks];
}

function axisTime(us: number): string {
  return us >= 1000 ? `${tickFormat(us / 1000)} ms` : `${tickFormat(us)} µs`;
}

function shareText(share: number): string {
  return share >= 0.01 ? `${share * 100} %` : `1/${tickFormat(1 / share)}`;
}
