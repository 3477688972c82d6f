import * as Plot from '@observablehq/plot';
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

export const tickFormat = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
