import type { ReportData } from '../src/views/html/html-report.js';
import { h } from './dom.js';
import { samplesCsv, save } from './downloads.js';

/** The raw data, for one's own charts, and for `escapement-lab compare`. */
export function downloadSection({ results }: ReportData): HTMLElement {
  const name = `escapement-lab-${results.date.slice(0, 10)}`;
  const button = (text: string, extension: string, type: string, content: () => string) =>
    h(
      'button',
      { type: 'button', class: 'action', onclick: () => save(`${name}.${extension}`, new Blob([content()], { type })) },
      text,
    );
  return h(
    'section',
    { id: 'downloads' },
    h('h2', {}, 'The data'),
    h('p', {}, 'As JSON: all there is, in the form that --json writes. As CSV: each sample on a line of its own.'),
    h(
      'p',
      { class: 'actions' },
      button('Download JSON', 'json', 'application/json', () => `${JSON.stringify(results, null, 1)}\n`),
      button('Download CSV', 'csv', 'text/csv', () => samplesCsv(results)),
    ),
  );
}
