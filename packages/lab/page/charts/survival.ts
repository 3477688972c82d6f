import * as Plot from '@observablehq/plot';
import { microseconds } from '../format.js';
import { type MeasuredRow, sortedSamples } from '../rows.js';
import { axisOptions, type ChartOptions, draw, gridOptions, tickFormat } from './chart.js';
import { type LogAxis, logAxis } from './log-axis.js';
import { widthOf } from './place-labels.js';
import { colourOf } from './theme.js';

const LOWEST = 0.1;
/** Height of a panel with what is above it. */
const PANEL = 150;
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
  const head = { dy: -10, lineAnchor: 'middle' } as const;
  return draw(
    {
      height: Math.ceil(rows.length / columns) * PANEL + 76,
      marginLeft: 44,
      marginRight: 14,
      marginTop: 24,
      marginBottom: 40,
      x: { type: 'log', domain: x.domain, label: null },
      y: { type: 'log', domain: [lowest, 1], label: null },
      fx: { axis: null, padding: 0.1 },
      fy: { axis: null, padding: 0.24 },
      marks: [
        Plot.gridX(decades(x.ticks), gridOptions(theme)),
        Plot.gridY(shares, gridOptions(theme)),
        Plot.axisX(everyOther(decades(x.ticks), x.domain), { ...axisOptions(theme), text: axisTime, fontSize: 11 }),
        Plot.axisY(shares, { ...axisOptions(theme), text: shareText, fontSize: 11 }),
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
          ...head,
          frameAnchor: 'top-left',
          text: ({ row }) => row.subject.name,
          fontWeight: 600,
          fill: theme.ink,
        }),
        Plot.text(panels, {
          ...facet,
          ...head,
          frameAnchor: 'top-right',
          text: ({ row }) => tailText(row, (width - 58) / columns),
          fontSize: 11,
          fill: theme.muted,
        }),
      ],
    },
    options,
  );
}

/** Empty if there is no room beside the name. */
function tailText({ subject, summary: { us } }: MeasuredRow, width: number): string {
  const text = us.p99 ? `p99 ${microseconds(us.p99.value)}` : `p50 ${microseconds(us.p50.value)}`;
  return widthOf(subject.name, 13) + widthOf(text, 11) < width * 0.9 ? text : '';
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

/** Without one at the right end, whose label would touch that of the next panel. */
function everyOther(ticks: readonly number[], [, high]: LogAxis['domain']): number[] {
  return ticks.filter((tick, n) => n % (ticks.length > 4 ? 2 : 1) === 0 && tick < high / 3);
}

function axisTime(us: number): string {
  if (us >= 1e6) return `${tickFormat(us / 1e6)} s`;
  return us >= 1000 ? `${tickFormat(us / 1000)} ms` : `${tickFormat(us)} µs`;
}

function shareText(share: number): string {
  return share >= 0.01 ? `${share * 100} %` : `1/${tickFormat(1 / share)}`;
}
