import type { Disturbance, LateTick, Results, Row } from '../results/results.js';
import { disturbanceParts } from './disturbances.js';
import { decimal, whole } from './numbers.js';

/** A part of the lateness, as a reader knows it. */
interface Part {
  readonly us: number | null;
  readonly name: string;
  /** What it means. */
  readonly meaning: string;
  /** What to do about it if it is the largest. */
  readonly advice: string;
}

/** In the order of time; the last two may come at any time. */
function partsOf(tick: LateTick): Part[] {
  return [
    {
      us: tick.ownUs,
      name: 'itself',
      meaning: 'the task was still busy when the tick was due',
      advice: 'Its own steps take longer than its period: let it do less in each, or tick less often.',
    },
    {
      us: tick.strategyUs,
      name: 'strategy',
      meaning: 'it slept on after the deadline',
      advice: 'A strategy that spins for the last stretch sleeps less long. Compare the strategies by a whole run.',
    },
    {
      us: tick.handlerUs,
      name: 'handler',
      meaning: "the loop's own work, up to the settled wait",
      advice:
        'A handler whose poll takes long, or the system held the thread up in a way that it does not tell: by a page fault, or a hypervisor.',
    },
    {
      us: tick.queueUs,
      name: 'queue',
      meaning: 'other tasks ran, or it waited for its turn',
      advice:
        'Make the steps of the tasks that ran before it shorter, or give it a priority under another scheduling policy.',
    },
    {
      us: tick.gcUs,
      name: 'collector',
      meaning: 'garbage was collected',
      advice: 'Make less garbage, or give young objects more room by --max-semi-space-size.',
    },
    {
      us: tick.machineUs,
      name: 'machine',
      meaning: 'ready to run, but without a core',
      advice:
        'The machine ran something else. A core of its own or the class SCHED_FIFO prevents that; no strategy can.',
    },
  ];
}

/** Where the lateness of a tick came from: its parts in order, what ran before it, and what the machine did. */
export function lateTickStory({ subject, label }: Row, tick: LateTick, meanwhile: Disturbance | null): string {
  const parts = partsOf(tick);
  const largest = parts.reduce((a, b) => ((b.us ?? 0) > (a.us ?? 0) ? b : a));
  return [
    `${subject.name} at ${label}: task "${tick.task}" woke ${time(tick.lateUs)} late.`,
    `The tick was due ${whole(tick.at)} ms after its round had begun. Since then:`,
    '',
    ...parts.map(part => partLine(part, tick.lateUs)),
    '',
    ranLine(tick),
    ...(meanwhile === null ? [] : [machineLine(meanwhile)]),
    largest.advice,
  ].join('\n');
}

function partLine({ us, name, meaning }: Part, total: number): string {
  const share = us === null ? '' : `${whole((100 * us) / total)} %`;
  const figure = us === null ? 'not told' : time(us);
  return `  ${name.padEnd(11)}${figure.padStart(11)}${share.padStart(7)}  ${meaning}`;
}

function ranLine({ after, ran }: LateTick): string {
  if (after === null) return 'No other task ran between the deadline and this tick.';
  const each = ran.map(
    ({ task, us, steps }) => `"${task}" (${time(us)} in ${steps === 1 ? '1 step' : `${whole(steps)} steps`})`,
  );
  return `Before it ran ${each.join(', ')}; last of all "${after}".`;
}

function machineLine(meanwhile: Disturbance): string {
  if (Object.values(meanwhile).every(each => each === null)) return 'The system tells nothing of the machine.';
  return `In the whole round: ${disturbanceParts(meanwhile).join(', ') || 'nothing that the system tells of'}.`;
}

/** `61.2 us`, `2.31 ms` */
function time(us: number): string {
  return us < 1000 ? `${decimal(us, 1)} us` : `${decimal(us / 1000, 2)} ms`;
}

/** What `--until-late` found. */
export function untilLateStory({ parameters, scenarios }: Results): string {
  const limit = time((parameters.untilLateMs ?? 0) * 1000);
  const rows = scenarios.flatMap(each => each.rows);
  const watched = rows.filter(row => row.why !== undefined);
  const ticks = watched.reduce((sum, { why }) => sum + why!.ticks, 0);
  if (ticks === 0) return 'No tick was watched: only strategies and policies in scenarios with sleepers can be.';
  const found = watched.find(({ why }) => why!.late.length > 0);
  if (found === undefined) return `None of ${whole(ticks)} ticks was more than ${limit} late.`;
  const { late, disturbance } = found.why!;
  return [
    `The first of ${whole(ticks)} ticks that was more than ${limit} late:`,
    '',
    lateTickStory(found, late[0]!, disturbance),
  ].join('\n');
}

/** What `--why` found: how the lateness of each row's latest ticks divides, and the story of the latest of all. */
export function whyLate(rows: readonly Row[]): string[] {
  const explained = rows.filter(row => (row.why?.late.length ?? 0) > 0);
  if (explained.length === 0) return [];
  const latest = explained.reduce((a, b) => (b.why!.late[0]!.lateUs > a.why!.late[0]!.lateUs ? b : a));
  return [...explained.map(sharesLine), `\nThe latest of all:\n${lateTickStory(latest, latest.why!.late[0]!, null)}`];
}

function sharesLine({ subject, label, why }: Row): string {
  const { late, ticks } = why!;
  const total = late.reduce((sum, { lateUs }) => sum + lateUs, 0);
  const sums = late
    .map(partsOf)
    .reduce((all, parts) => all.map((part, n) => ({ ...part, us: (part.us ?? 0) + (parts[n]!.us ?? 0) })));
  const shares = sums
    .filter(({ us }) => us! / total >= 0.005)
    .sort((a, b) => b.us! - a.us!)
    .map(({ name, us }) => `${name} ${whole((100 * us!) / total)} %`);
  return `${subject.name}, ${label}, the ${whole(late.length)} latest of ${whole(ticks)}: ${shares.join(', ')}`;
}
