import type { Results, ScenarioResults } from '../results/results.js';
import { answerFor } from './answer.js';
import { offeredColumns } from './columns.js';
import { footnote } from './disturbances.js';
import { failureLines } from './failures.js';
import { aboutMachine, aboutRun, warnings } from './header.js';
import { bySetting, inOrder, isForComparison, type Measured, measuredRows } from './measured.js';
import { cleaned } from './text.js';

/** The columns that a terminal of 80 has room for. */
const MOST_RANK = 8;

/**
 * The results for a pull request: the answer and the tables of the first scenario, then the other scenarios, the machine and how
 * to repeat the run, folded.
 *
 * @example writeFileSync('results.md', markdown(results));
 */
export function markdown(results: Results): string {
  const [first, ...others] = results.scenarios;
  const machine = [...aboutMachine(results.machine), ...aboutRun(results), ...warnings(results.machine)];
  return `${[
    '### How late each way of waiting wakes, and what it costs',
    results.partial === null ? '' : `**Not complete:** ${escaped(results.partial)}`,
    list(answerFor(results)),
    first === undefined ? '' : scenarioText(first),
    ...others.map(scenario => folded(scenario.title, scenarioText(scenario))),
    folded('Machine and run', list(machine)),
  ]
    .filter(text => text !== '')
    .join('\n\n')}\n`;
}

function scenarioText(scenario: ScenarioResults): string {
  const { rows, title, samples } = scenario;
  const note = footnote(rows);
  return [
    `${escaped(title)}: ${escaped(samples)} in us`,
    ...bySetting(measuredRows(scenario)).map(table),
    note === undefined ? '' : escaped(note),
    list(failureLines(rows)),
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

/** What is there only to compare with is in italics. */
function table(rows: readonly Measured[]): string {
  const columns = offeredColumns(rows).filter(({ isFigure, rank }) => isFigure || rank <= MOST_RANK);
  const name = (each: Measured) => (isForComparison(each) ? `_${nameOf(each)}_` : nameOf(each));
  const cells = (each: Measured) => [name(each), ...columns.map(column => escaped(column.text(each) ?? '-'))];
  return [
    [escaped(rows[0]!.row.label), ...columns.map(({ head }) => escaped(head))],
    ['---', ...columns.map(({ align }) => (align === 'right' ? '---:' : '---'))],
    ...inOrder(rows).map(cells),
  ]
    .map(line => `| ${line.join(' | ')} |`)
    .join('\n');
}

function nameOf({ row }: Measured): string {
  return escaped(row.subject.name);
}

function list(lines: readonly string[]): string {
  return lines.map(line => `- ${escaped(line)}`).join('\n');
}

function folded(title: string, text: string): string {
  return `<details><summary>${escaped(title)}</summary>\n\n${text}\n\n</details>`;
}

/** Nothing in it means anything in Markdown or HTML, nor names anybody. */
function escaped(text: string): string {
  return cleaned(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('@', '@<!-- -->');
}
