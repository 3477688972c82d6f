import type { Results, Row, ScenarioResults } from '../results/results.js';
import { answerFor } from './answer.js';
import { footnote } from './disturbances.js';
import { failureLines } from './failures.js';
import { grouped } from './grouped.js';
import { untilLateStory, whyLate } from './late-tick-story.js';
import { measuredRows } from './measured.js';
import { rowsTables } from './rows-table.js';
import type { Terminal } from './terminal.js';
import { cleaned, harmless, wrapped } from './text.js';

const LEGEND = [
  'All times are in us (microseconds). p50, p90, p99: so many per cent of the samples are below.',
  '95 %: with that confidence the figure itself is so near, or within. CPU %: 100 is one busy core.',
  'CPU us: processor time for each sample. cold: p50 of the first samples of a new process.',
  '-: too few samples to tell.',
].join(' ');

/** The most lines of what strategies say of themselves. */
const MOST_LINES = 16;

/** All results, what the strategies say of themselves, and the answer: as texts for a terminal. */
export function report(results: Results, terminal: Terminal): string {
  const { dim, yellow } = terminal.colours;
  const rows = results.scenarios.flatMap(each => each.rows);
  if (results.parameters.untilLateMs !== null) {
    return [wrapped(harmless(untilLateStory(results)), terminal.width), ...failureLines(rows)].join('\n\n');
  }
  return [
    ...results.scenarios.map(each => scenarioText(each, terminal)),
    section('Why late', whyLate(rows), terminal),
    section('What the strategies say', briefly(reportLines(rows)), terminal),
    rows.some(row => row.summary !== null) ? dim(wrapped(LEGEND, terminal.width)) : '',
    results.partial === null ? '' : yellow(wrapped(`Not complete: ${cleaned(results.partial)}`, terminal.width, '  ')),
    section('Answer', answerFor(results), terminal),
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

function scenarioText(scenario: ScenarioResults, terminal: Terminal): string {
  const { colours, width } = terminal;
  const note = footnote(scenario.rows);
  return [
    colours.bold(wrapped(`${cleaned(scenario.title)}: ${cleaned(scenario.samples)} in us`, width)),
    measuredRows(scenario).length > 0 ? rowsTables(scenario, terminal) : '',
    note === undefined ? '' : colours.yellow(wrapped(note, width, '  ')),
    failureLines(scenario.rows)
      .map(line => colours.red(wrapped(line, width, '  ')))
      .join('\n'),
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

function section(title: string, lines: readonly string[], { width, colours }: Terminal): string {
  if (lines.length === 0) return '';
  return [colours.bold(wrapped(title, width)), ...lines.map(line => wrapped(harmless(line), width, '  '))].join('\n');
}

/** Many strategies at many settings say more than anybody reads in a terminal. */
function briefly(said: readonly string[]): readonly string[] {
  const lines = said.join('\n').split('\n').length;
  if (lines <= MOST_LINES) return said;
  return [`${lines} lines: they are in the JSON and in the HTML report, or here with fewer strategies (--strategy).`];
}

/** What strategies say of themselves: once, if they say the same at several settings. */
export function reportLines(rows: readonly Row[]): string[] {
  const said = rows.flatMap(({ subject, label, report = [] }) =>
    report.length > 0 ? [{ name: cleaned(subject.name), label, text: report.map(cleaned).join('\n') }] : [],
  );
  return [...grouped(said, ({ name, text }) => `${name} ${text}`)].map(([, same]) => {
    const { name, text } = same[0]!;
    return `${name}, ${same.map(({ label }) => label).join(', ')}:\n${text}`;
  });
}
