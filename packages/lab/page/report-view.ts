import type { ReportData } from '../src/views/html/html-report.js';
import { chartSections } from './chart-sections.js';
import { h } from './dom.js';
import { downloadSection } from './download-section.js';
import { plural } from './format.js';
import { machineSection } from './machine-section.js';
import { rowsTable } from './rows-table.js';

/** The whole report: the same for the file and for the lab as a web page. */
export function reportView(data: ReportData): HTMLElement[] {
  const { results, answer } = data;
  return [
    ...notes(data),
    ...(answer.length > 0
      ? [h('section', { class: 'answer' }, h('h2', {}, 'In short'), ...answer.map(line => h('p', {}, line)))]
      : []),
    machineSection(results),
    ...chartSections(results),
    h(
      'section',
      { id: 'tables' },
      h('h2', {}, 'All figures'),
      h(
        'p',
        {},
        'A heading sorts by its column. All quantiles are in microseconds; a dash means that there are too few samples to tell.',
      ),
      ...results.scenarios.map(rowsTable),
    ),
    ...remarks(data),
    downloadSection(data),
  ];
}

function notes({ results, keptOneOf }: ReportData): HTMLElement[] {
  const { partial } = results;
  return [
    partial === null
      ? null
      : h('p', { class: 'note bad', role: 'note' }, `Not all that was planned was measured: ${partial}.`),
    keptOneOf === 1
      ? null
      : h(
          'p',
          { class: 'note' },
          `To keep this file small, one sample in ${keptOneOf} is in it. The figures are of all samples; charts of single samples and the downloads have these only. The file of --json has them all.`,
        ),
  ].filter(note => note !== null);
}

/** What strategies say of themselves, and what went wrong. */
function remarks({ results }: ReportData): HTMLElement[] {
  const rows = results.scenarios.flatMap(scenario => scenario.rows.map(row => ({ scenario, row })));
  const failed = rows.filter(({ row }) => row.failure !== null);
  const reports = rows.filter(({ row }) => (row.report?.length ?? 0) > 0);
  const list = (items: HTMLElement[]) => h('dl', { class: 'remarks' }, ...items);
  return [
    failed.length === 0
      ? null
      : h(
          'section',
          { id: 'failures' },
          h('h2', {}, `Failed: ${plural(failed.length, 'row')}`),
          list(
            failed.flatMap(({ scenario, row }) => [
              h('dt', {}, `${row.subject.name}, ${scenario.name} ${row.label}`),
              h('dd', {}, row.failure!),
            ]),
          ),
        ),
    reports.length === 0
      ? null
      : h(
          'section',
          { id: 'learnt' },
          h('h2', {}, 'What the strategies report'),
          list(
            reports.flatMap(({ scenario, row }) => [
              h('dt', {}, `${row.subject.name}, ${scenario.name} ${row.label}`),
              ...row.report!.map(line => h('dd', {}, line)),
            ]),
          ),
        ),
  ].filter(section => section !== null);
}
