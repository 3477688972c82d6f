import * as Plot from '@observablehq/plot';
import type { Row } from '../../src/results/results.js';
import type { LogAxis } from './log-axis.js';
import { FONT, type Theme } from './theme.js';

/** What every chart is told. */
export interface ChartOptions {
  /** In pixels. */
  readonly width: number;
  readonly theme: Theme;
  /** Where there is no page: what makes elements. */
  readonly document?: Document;
}

/** A chart with this project's looks. */
export function draw(options: Plot.PlotOptions, { theme, width, document }: ChartOptions): SVGSVGElement {
  const chart = Plot.plot({
    ...options,
    width,
    ...(document && { document }),
    style: { background: theme.background, color: theme.ink, fontFamily: FONT, fontSize: '12px', overflow: 'visible' },
  });
  return chart as unknown as SVGSVGElement;
}

/** A chart with a line for each row: its name at the left, and below all a logarithmic axis. */
export function drawLines(
  rows: readonly Row[],
  { x, title, y, height }: LinesOptions,
  marks: readonly Plot.Markish[],
  options: ChartOptions,
): SVGSVGElement {
  const margin = nameMargin(rows, options.width);
  return draw(
    {
      height: rows.length * height + 60,
      marginLeft: margin,
      marginRight: 18,
      marginTop: 8,
      marginBottom: 46,
      x: { type: 'log', domain: x.domain, label: null },
      y: { ...y, domain: rows.map(row => row.subject.name), label: null },
      marks: [axisX(x, options), nameAxis(margin, options.theme), titleOfX(title, options.theme), ...marks],
    },
    options,
  );
}

/** What differs from one such chart to another. */
export interface LinesOptions {
  readonly x: LogAxis;
  readonly title: string;
  readonly y: { readonly type: 'point' | 'band'; readonly padding: number };
  /** Of a line, in pixels. */
  readonly height: number;
}

export const tickFormat = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** Room for the label of a tick, in pixels. */
const LEAST_TICK = 48;

/** Grid and labels of a horizontal logarithmic axis. */
export function axisX({ ticks: all }: LogAxis, { theme, width }: ChartOptions): Plot.Markish {
  const powers = all.filter(tick => Math.log10(tick) % 1 === 0);
  const ticks = width / all.length < LEAST_TICK && powers.length > 1 ? powers : all;
  return [Plot.gridX(ticks, gridOptions(theme)), Plot.axisX(ticks, axisOptions(theme))];
}

/** Grid and labels of a vertical logarithmic axis. */
export function axisY({ ticks }: LogAxis, theme: Theme): Plot.Markish {
  return [Plot.gridY(ticks, gridOptions(theme)), Plot.axisY(ticks, axisOptions(theme))];
}

export function gridOptions(theme: Theme) {
  return { stroke: theme.grid, strokeOpacity: 1 };
}

/** `text`, for `tickFormat` would leave labels out as it sees fit. */
export function axisOptions(theme: Theme) {
  return { text: tickFormat, label: null, tickSize: 0, fill: theme.muted, fontSize: 12 };
}

/** What a horizontal axis shows: below its right end. */
export function titleOfX(text: string, theme: Theme): Plot.Markish {
  return Plot.text([text], { ...titleOptions(theme), frameAnchor: 'bottom-right', textAnchor: 'end', dy: 38 });
}

/** What a vertical axis shows: above its upper end, `left` pixels left of it. */
export function titleOfY(text: string, left: number, theme: Theme): Plot.Markish {
  return Plot.text([text], {
    ...titleOptions(theme),
    frameAnchor: 'top-left',
    textAnchor: 'start',
    dx: -left,
    dy: -24,
  });
}

function titleOptions(theme: Theme) {
  return { fill: theme.ink, fontSize: 12, fontWeight: 600 };
}

/** Room for the longest name, but not for much more than a third of the chart. In pixels. */
export function nameMargin(rows: readonly { readonly subject: { readonly name: string } }[], width: number): number {
  const longest = Math.max(...rows.map(row => row.subject.name.length));
  return Math.round(Math.min(width * 0.37, longest * 7 + 16));
}

/** The names of subjects as the labels of a vertical axis; one that is too long for the margin is cut. */
export function nameAxis(margin: number, theme: Theme): Plot.Markish {
  const text = { fill: theme.ink, fontSize: 12, textOverflow: 'ellipsis', lineWidth: (margin - 8) / 12 } as const;
  return Plot.axisY({ label: null, tickSize: 0, ...text });
}
