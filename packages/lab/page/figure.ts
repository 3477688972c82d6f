import type { ChartOptions } from './charts/chart.js';
import { DARK, LIGHT } from './charts/theme.js';
import { h } from './dom.js';

/** In pixels: no screen is narrower, but a page that is laid out may be, for a moment. */
const LEAST_WIDTH = 200;

/** What a chart is drawn by, again for each width and theme. */
export type DrawChart = (options: ChartOptions) => SVGSVGElement;

/** Its chart is drawn anew when the page's width or theme changes, or on `redraw`. */
export interface Figure {
  readonly element: HTMLElement;
  redraw(): void;
}

export function isDark(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/**
 * A chart with its text alternative.
 *
 * @param label what a screen reader says instead: the finding in a sentence
 */
export function figure(name: string, label: () => string, drawChart: DrawChart, caption: string | null = null): Figure {
  const holder = h('div', { class: 'chart' });
  const element = h('figure', { 'data-chart': name }, holder, caption ? h('figcaption', {}, caption) : null);
  let drawnAt = 0;
  const redraw = () => {
    if (drawnAt === 0) return;
    const chart = drawChart({ width: drawnAt, theme: isDark() ? DARK : LIGHT });
    chart.setAttribute('role', 'img');
    chart.setAttribute('aria-label', label());
    holder.replaceChildren(chart);
  };
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry!.contentRect.width);
    if (width === drawnAt || width < LEAST_WIDTH) return;
    drawnAt = width;
    redraw();
  }).observe(holder);
  return { element, redraw };
}
