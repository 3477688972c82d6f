import { LEAST_RUNS, type Verdict } from '../statistics/verdict.js';
import type { Colours } from '../views/colours.js';
import { grouped } from '../views/grouped.js';
import { decimal } from '../views/numbers.js';
import { type Column, plainTable } from '../views/plain-table.js';
import type { Terminal } from '../views/terminal.js';
import { cleaned, cut, wrapped } from '../views/text.js';
import { type ComparedRow, type ComparisonOfResults, nameOf } from './compare-results.js';

/** The table needs so many columns; a narrower terminal gets lines. */
const TABLE_WIDTH = 80;

const TAKE_TURNS =
  'Give both sides as command lines, which then take turns. --not-interleaved judges all the same, for runs that you know to be comparable.';

/** From this share of rounds on, what the machine did is worth a word. */
export const OFTEN_HIT = 0.1;

/**
 * A comparison for people: the rows by scenario and setting, what to know about them, and a conclusion.
 *
 * @example console.log(comparisonText(comparison, terminalOf(process.stdout)));
 */
export function comparisonText(comparison: ComparisonOfResults, { colours, width }: Terminal): string {
  const groups = grouped(comparison.rows, ({ scenario, label }) => cleaned(`${scenario}, ${label}`));
  const asTable = width >= TABLE_WIDTH;
  return [
    ...[...groups].map(([title, rows]) => (asTable ? table(title, rows, colours) : lines(title, rows, colours))),
    ...notesOf(comparison).map(note => wrapped(cleaned(note), width)),
    colours.bold(wrapped(cleaned(conclusionOf(comparison)), width)),
  ].join('\n\n');
}

/** What a comparison comes to, in a sentence or two. */
export function conclusionOf({ rows, verdict, interleaved }: ComparisonOfResults): string {
  const having = (wanted: Verdict) => rows.filter(row => row.verdict === wanted);
  const [slower, faster, untold] = [having('slower'), having('faster'), having('cannot tell')];
  const advice = untold.some(({ because }) => because === null)
    ? 'Take more runs (--runs), longer ones, or fewer rows; `escapement-lab noise` says how many.'
    : adviceFor(untold, interleaved);
  const parts = [
    slower.length > 0 ? `B is slower in ${countOf(slower, rows)}: ${listOf(slower)}.` : '',
    faster.length > 0 ? `B is faster in ${countOf(faster, rows)}: ${listOf(faster)}.` : '',
    verdict === 'no difference' ? 'No row is slower or faster.' : '',
    untold.length > 0 ? `It cannot be told for ${countOf(untold, rows)}. ${advice}` : '',
  ];
  return parts.filter(part => part !== '').join(' ');
}

/** What to do if no number of runs like these would do. */
function adviceFor(untold: readonly ComparedRow[], interleaved: boolean): string {
  const isFew = untold.some(({ a, b }) => Math.min(a.runs.length, b.runs.length) < LEAST_RUNS);
  if (isFew) return `A verdict needs at least ${LEAST_RUNS} runs a side without failure.`;
  return interleaved ? '' : TAKE_TURNS;
}

/** What a reader has to know before believing the rows. */
function notesOf(comparison: ComparisonOfResults): string[] {
  const { a, b, rows, floors, onlyA, onlyB, renamed, unlikeMachines } = comparison;
  const percent = decimal(100 * (floors.ratio - 1), 0);
  return [
    `Times are medians of runs in us, B against A; all intervals together hold the truth with 95 %. Changes below ${percent} % or ${floors.us} us do not count.`,
    ...renamed.map(([old, now]) => `B's ${now} is compared with A's ${old}.`),
    ...because(rows),
    ...cpuChanges(rows),
    ...[a, b].flatMap(({ name, partial, runs }, side) =>
      partial === 0
        ? []
        : `${partial} of ${runs} runs of ${'AB'[side]} (${name}) are partial: they count as far as they go.`,
    ),
    ...disturbed(comparison),
    ...onlySide('A', onlyA),
    ...onlySide('B', onlyB),
    ...(unlikeMachines.length === 0
      ? []
      : [`Not the same machine: ${unlikeMachines.join('; ')}. This compares machines.`]),
    ...(comparison.interleaved || rows.every(({ because }) => because !== null)
      ? []
      : ['The runs of A and B did not take turns: a change of the machine looks like a change of the code.']),
    ...(a.labs.join() === b.labs.join()
      ? []
      : [`A was measured by lab ${a.labs.join(', ')}, B by ${b.labs.join(', ')}.`]),
  ];
}

function because(rows: readonly ComparedRow[]): string[] {
  const reasons = grouped(
    rows.filter(row => row.because !== null),
    row => row.because!,
  );
  return [...reasons].map(([reason, hit]) =>
    hit.length === rows.length ? `No row can be told: ${reason}.` : `${hit.map(nameOf).join(', ')}: ${reason}.`,
  );
}

/** Lateness is often bought with processor time, which no verdict sees. */
function cpuChanges(rows: readonly ComparedRow[]): string[] {
  const changed = rows.filter(({ cpu }) => {
    if (!cpu?.interval) return false;
    const [low, high] = cpu.interval;
    return (low > 1 || high < 1) && Math.max(cpu.ratio, 1 / cpu.ratio) >= 1.1;
  });
  if (changed.length === 0) return [];
  const texts = changed.map(row => `${nameOf(row)} ${factor(row.cpu!.ratio)}`);
  return [`Processor time for each wake changed, which no verdict counts: ${texts.join(', ')}.`];
}

function disturbed({ a, b }: ComparisonOfResults): string[] {
  if (Math.max(a.roundsHit, b.roundsHit) < OFTEN_HIT) return [];
  const [hitA, hitB] = [a, b].map(({ roundsHit }) => `${decimal(100 * roundsHit, 0)} %`);
  return [
    `The machine kept the subjects waiting for a core in ${hitA} of A's rounds and ${hitB} of B's: close other programs, or on Linux put chrt -f 50 before the command, as root or with CAP_SYS_NICE.`,
  ];
}

function onlySide(side: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`Only ${side} has ${names.join(', ')}. If it has another name on the other side: --as A=B.`];
}

function countOf(some: readonly ComparedRow[], all: readonly ComparedRow[]): string {
  return `${some.length} of ${all.length} ${all.length === 1 ? 'row' : 'rows'}`;
}

function listOf(rows: readonly ComparedRow[]): string {
  return rows.map(row => `${nameOf(row)} (${factor(row.change!.ratio)})`).join(', ');
}

function table(title: string, rows: readonly ComparedRow[], colours: Colours): string {
  const right = (head: string, width: number): Column => ({ head, width, align: 'right' });
  const left = (head: string, width: number): Column => ({ head, width, align: 'left' });
  const columns = [
    left(title, 27),
    left('', 13),
    right('A', 9),
    right('B', 9),
    right('B / A', 8),
    right('interval', 14),
  ];
  const cells = rows.map(row => {
    const verdict = { text: row.verdict, paint: paintOf(row.verdict, colours) };
    return [cut(subjectOf(row), 26), verdict, usOf(row.a), usOf(row.b), ...changeOf(row)];
  });
  return plainTable(columns, cells, colours.bold);
}

function lines(title: string, rows: readonly ComparedRow[], colours: Colours): string {
  return [
    colours.bold(title),
    ...rows.flatMap(row => {
      const [ratio, interval] = changeOf(row);
      return [
        subjectOf(row),
        `  ${paintOf(row.verdict, colours)(row.verdict)}`,
        `  ${usOf(row.a)} -> ${usOf(row.b)} us`,
        `  ${ratio}  (${interval})`,
      ];
    }),
  ].join('\n');
}

function subjectOf({ subject, subjectOfB }: ComparedRow): string {
  return cleaned(subject === subjectOfB ? subject : `${subject} / ${subjectOfB}`);
}

function usOf({ us }: { readonly us: number | null }): string {
  return us === null ? '-' : decimal(us, 1);
}

function changeOf({ change }: ComparedRow): [ratio: string, interval: string] {
  if (change === null) return ['-', '-'];
  const [low, high] = change.interval ?? [];
  return [factor(change.ratio), low === undefined ? '-' : `${short(low)}-${short(high!)}`];
}

function factor(ratio: number): string {
  return `x ${short(ratio)}`;
}

/** Two decimals, and none where they would mean nothing. */
function short(ratio: number): string {
  if (ratio >= 1000) return '>999';
  return ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2);
}

function paintOf(verdict: Verdict, { red, green, yellow, dim }: Colours): (text: string) => string {
  return { slower: red, faster: green, 'cannot tell': yellow, 'no difference': dim }[verdict];
}
