import type { Row } from '../src/results/results.js';
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
  const sections = [
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
  return [contents(sections), ...sections];
}

const CONTENTS: readonly (readonly [id: string, title: string])[] = [
  ['main', 'Lateness against CPU'],
  ['tails', 'How often'],
  ['rounds', 'Rounds'],
  ['time', 'Over time'],
  ['why', 'Why late'],
  ['cold', 'Cold and warm'],
  ['map', 'All settings'],
  ['tables', 'All figures'],
  ['failures', 'Failures'],
  ['learnt', 'Strategies'],
  ['downloads', 'The data'],
];

/** Links to what there is. */
function contents(sections: readonly HTMLElement[]): HTMLElement {
  const there = (id: string) => sections.some(each => each.id === id || each.querySelector(`section[id="${id}"]`));
  const links = CONTENTS.filter(([id]) => there(id)).map(([id, title]) =>
    h('li', {}, h('a', { href: `#${id}` }, title)),
  );
  return h('nav', { 'aria-label': 'Sections' }, h('ul', {}, ...links));
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
  const rows = results.scenarios.flatMap(scenario =>
    scenario.rows.map(row => ({ row, name: `${row.subject.name}, ${scenario.name} ${row.label}` })),
  );
  const failed = rows.filter(({ row }) => row.failure !== null);
  const reports = rows.filter(({ row }) => (row.report?.length ?? 0) > 0);
  return [
    ...remarkSection('failures', `Failed or left out: ${plural(failed.length, 'row')}`, failed, ({ failure }) => [
      failure!,
    ]),
    ...remarkSection('learnt', 'What the strategies report', reports, ({ report }) => report!),
  ];
}

function remarkSection(
  id: string,
  title: string,
  rows: readonly { readonly row: Row; readonly name: string }[],
  linesOf: (row: Row) => readonly string[],
): HTMLElement[] {
  if (rows.length === 0) return [];
  const items = rows.map(({ row, name }) =>
    h('div', {}, h('dt', {}, name), ...linesOf(row).map(line => h('dd', {}, line))),
  );
  return [h('section', { id }, h('h2', {}, title), h('dl', { class: 'remarks' }, ...items))];
}
