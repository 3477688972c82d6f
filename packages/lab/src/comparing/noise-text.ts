import { LEAST_RUNS } from '../statistics/verdict.js';
import type { Colours } from '../views/colours.js';
import { grouped } from '../views/grouped.js';
import { decimal } from '../views/numbers.js';
import { type Column, plainTable } from '../views/plain-table.js';
import type { Terminal } from '../views/terminal.js';
import { cleaned, cut, wrapped } from '../views/text.js';
import { OFTEN_HIT } from './comparison-text.js';
import { type Noise, type NoiseRow, RUNS_TOLD } from './noise.js';

const TABLE_WIDTH = 80;

/**
 * The noise for people: the rows by scenario and setting, what they mean, and what would help.
 *
 * @example console.log(noiseText(noiseOf('my runs', readResults('runs')), terminalOf(process.stdout)));
 */
export function noiseText(noise: Noise, { colours, width }: Terminal): string {
  const groups = grouped(noise.rows, ({ scenario, label }) => cleaned(`${scenario}, ${label}`));
  const explained = `Medians of ${noise.runs} runs, in us, and how much they scatter from run to run. The last columns: the smallest slowdown that compare finds in 9 of 10 cases with so many runs a side.`;
  return [
    ...[...groups].map(([title, rows]) =>
      width >= TABLE_WIDTH ? table(title, rows, colours) : lines(title, rows, colours),
    ),
    wrapped(explained, width),
    colours.bold(wrapped(alarmsOf(noise), width)),
    ...adviceOf(noise).map(advice => wrapped(advice, width)),
  ].join('\n\n');
}

function alarmsOf({ falseAlarms, runs }: Noise): string {
  if (falseAlarms === null) {
    return `False alarms: unknown; ${runs} runs cannot be split into two sides of ${LEAST_RUNS}. Take --runs ${2 * LEAST_RUNS} or more.`;
  }
  const { alarms, comparisons } = falseAlarms;
  const percent = decimal((100 * alarms) / comparisons, 1);
  return `False alarms: ${alarms} in ${comparisons} comparisons of random halves of these runs (${percent} %; up to 5 % are to be expected).`;
}

function adviceOf({ rows, roundsHit, floors }: Noise): string[] {
  const worst = rows.reduce((most, row) => Math.max(most, row.leastChange[LEAST_RUNS]!), 1);
  const floor = decimal(100 * (floors.ratio - 1), 0);
  return [
    ...(roundsHit >= OFTEN_HIT
      ? [
          `The machine kept the subjects waiting for a core in ${decimal(100 * roundsHit, 0)} % of the rounds: close other programs, take a machine of your own, or on Linux put chrt -f 50 before the command.`,
        ]
      : []),
    worst < 1.3
      ? `This is quiet enough to find 30 % everywhere with ${LEAST_RUNS} runs a side. Nothing below ${floor} % counts anyhow.`
      : 'To find less: longer runs (--time), four times as many runs for half the change, and fewer rows in a comparison; a fixed processor frequency, and no other work on the machine.',
  ];
}

function table(title: string, rows: readonly NoiseRow[], { bold }: Colours): string {
  const right = (head: string, width: number): Column => ({ head, width, align: 'right' });
  const columns: Column[] = [
    { head: title, width: 27, align: 'left' },
    right('median', 11),
    right('scatter', 11),
    ...RUNS_TOLD.map(runs => right(`${runs} runs`, 10)),
  ];
  return plainTable(
    columns,
    rows.map(row => [cut(cleaned(row.subject), 26), ...cells(row)]),
    bold,
  );
}

function lines(title: string, rows: readonly NoiseRow[], { bold }: Colours): string {
  return [
    bold(title),
    ...rows.flatMap(row => {
      const [us, scatter, ...changes] = cells(row);
      const told = RUNS_TOLD.map((runs, index) => `${runs} runs ${changes[index]}`);
      return [row.subject, `  ${us} us, scatter ${scatter}`, ...told.map(each => `  ${each}`)];
    }),
  ].join('\n');
}

function cells({ us, deviation, leastChange }: NoiseRow): string[] {
  const changes = RUNS_TOLD.map(runs => leastChange[runs]!);
  return [
    decimal(us, 1),
    `${decimal(100 * deviation, 1)} %`,
    ...changes.map(change => (change >= 100 ? '>x 99' : `x ${change.toFixed(change >= 10 ? 1 : 2)}`)),
  ];
}
