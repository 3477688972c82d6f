import type { Machine } from '../results/machine.js';
import type { Results, ScenarioResults } from '../results/results.js';
import { medianOf } from '../statistics/summary.js';
import { bySetting, type Measured, measuredRows } from './measured.js';
import { brief, percent, whole } from './numbers.js';
import { tailAdvice } from './tail-advice.js';

/** If the machine held up this share of the rounds, it is the machine that was measured. */
const DISTURBED = 0.5;
const QUIETER =
  'Measure again while less runs beside it, or on Linux under a real-time class: chrt -f 50 before the command, as root or with CAP_SYS_NICE';
/** A few missed ticks are the machine's doing; this share of them is the strategy's. */
const MISSED = 0.05;
/** In per cent: what leaves a core to other work most of the time. */
const SPARING = 25;
/** A difference below one of these matters to nobody, and no single run can tell it from chance. */
const FLOOR = { us: 2, share: 0.1 };
/** In per cent of a core: costs so near to each other are the same. */
const SAME_COST = 1;

/**
 * Which strategy to take on the machine of these results: a sentence for each setting of the open loop, or of the closed one if
 * only that was measured, and one on the tail. Baselines are no choice: they are measured to compare with.
 *
 * - The choice is the least late of the strategies that take a quarter of a core at most.
 * - Two whose intervals overlap cannot be told apart, and a difference below 10 % or 2 us is none: then it is the cheaper.
 * - A strategy that fails, wakes early or misses more than one tick in twenty is no choice.
 * - There is no answer from fewer than five rounds, nor if the machine held up half of them.
 *
 * @returns none if no strategy was measured in these scenarios
 * @example answerFor(results); // ['For 1 kHz ticks here: hybrid, 2.5 us late, 8.8 % CPU; if the host must run on: ...']
 */
export function answerFor({ scenarios, machine }: Results): string[] {
  const measured = scenarios.map(scenario => ({ scenario, rows: measuredRows(scenario).filter(isStrategy) }));
  const found = ['metronome', 'lateness']
    .map(name => measured.find(({ scenario, rows }) => scenario.name === name && rows.length > 0))
    .find(each => each !== undefined);
  if (found === undefined) return nothingMeasured(scenarios, machine);
  const answers = bySetting(found.rows).map(rows => answerOf(rows));
  const sentences = bySetting(found.rows).map((rows, n) => `${heading(found.scenario, rows)}: ${answers[n]!.text}.`);
  const chosen = answers.flatMap(({ choice }) => choice ?? []);
  return [...sentences, ...tailAdvice(chosen, measuredRows(found.scenario), machine)];
}

/** If strategies should have been measured, and none was. */
function nothingMeasured(scenarios: readonly ScenarioResults[], { load, cores }: Machine): string[] {
  const rows = scenarios.flatMap(scenario => scenario.rows);
  if (rows.length === 0 || rows.some(row => row.summary !== null)) return [];
  const isBusy = load !== null && load > cores / 2;
  const why = isBusy
    ? `, on a machine with load ${brief(load)} on ${cores} cores. End other programs, or allow`
    : '. Allow';
  return [`No answer: nothing was measured${why} more time (--time).`];
}

function isStrategy({ row }: Measured): boolean {
  return row.subject.kind === 'strategy';
}

/** `For 1 kHz ticks here` */
function heading({ name }: ScenarioResults, rows: readonly Measured[]): string {
  const { setting, label } = rows[0]!.row;
  if (name !== 'metronome') return `For sleeps of ${label} here`;
  return `For ${setting >= 1000 ? `${setting / 1000} kHz` : label} ticks here`;
}

interface Answer {
  readonly text: string;
  /** What is recommended first. */
  readonly choice?: Measured;
}

function answerOf(rows: readonly Measured[]): Answer {
  const disturbed = medianOf(rows.map(({ summary }) => summary.disturbance.roundsHit));
  if (disturbed >= DISTURBED) {
    const share = `${percent(100 * disturbed)} % of the rounds`;
    return { text: `no answer, because the machine held up ${share}. ${QUIETER}` };
  }
  const told = rows.filter(({ summary }) => summary.us.p50.interval !== null);
  if (told.length === 0) return { text: 'no answer from fewer than five rounds. Allow more time' };
  const fit = told.filter(each => faultOf(each) === undefined);
  const faults = told.flatMap(each => faultOf(each) ?? []);
  if (fit.length === 0) return { text: `no strategy is fit: ${faults.join(', ')}` };
  const choices = choicesAmong(fit);
  const texts = choices.map(({ when, found }) => when + found.map(describe).join(', or '));
  const notFit = faults.length > 0 ? [`not fit: ${faults.join(', ')}`] : [];
  return { text: [...texts, ...notFit].join('; '), choice: choices[0]!.found[0]![0]! };
}

/** Why a strategy is no choice. */
function faultOf({ row, summary }: Measured): string | undefined {
  const { name } = row.subject;
  if (row.failure !== null) return `${name} (failed)`;
  if (summary.early > 0) return `${name} (woke early ${whole(summary.early)} times in ${whole(summary.count)})`;
  if (summary.missed <= MISSED * summary.count) return undefined;
  return `${name} (missed ${percent((100 * summary.missed) / summary.count)} % of its ticks)`;
}

/** Rows that are equally late and cost the same. */
type Equals = readonly Measured[];

interface Choice {
  /** `'if CPU matters most: '` */
  readonly when: string;
  readonly found: readonly Equals[];
}

/** The first is for all who have no special wish. */
function choicesAmong(fit: readonly Measured[]): Choice[] {
  const [first, precise] = [best(sparing(fit)), best(fit)];
  const cheapest = best(fit.filter(each => costOf(each) <= leastCost(fit) + SAME_COST));
  const choices: Choice[] = [{ when: '', found: [first] }];
  const isChosen = ([one]: Equals) => choices.some(({ found }) => found.some(equals => equals.includes(one!)));

  const yielding = fit.filter(({ row }) => row.subject.waits === 'yields');
  if (yielding.length > 0 && first.every(each => !yielding.includes(each))) {
    const found = [best(sparing(yielding)), best(yielding)];
    const isOne = isAsGood(found[0]![0]!, found[1]![0]!);
    choices.push({ when: 'if the host must run on: ', found: isOne ? found.slice(0, 1) : found });
  }
  if (!isChosen(cheapest) && leastCost(fit) < Infinity)
    choices.push({ when: 'if CPU matters most: ', found: [cheapest] });
  if (!isChosen(precise) && !isAsGood(first[0]!, precise[0]!)) {
    choices.push({ when: 'if a whole core may be spent: ', found: [precise] });
  }
  return choices;
}

/** Those that leave most of a core to others; all if none does. */
function sparing(rows: readonly Measured[]): readonly Measured[] {
  const found = rows.filter(each => costOf(each) <= SPARING);
  return found.length > 0 ? found : rows;
}

/** The least late, and of those that are no worse the cheapest; of these the least late comes first. */
function best(rows: readonly Measured[]): Equals {
  const least = rows.reduce((a, b) => (latenessOf(b) < latenessOf(a) ? b : a));
  const good = rows.filter(each => isAsGood(each, least));
  return good.filter(each => costOf(each) <= leastCost(good) + SAME_COST).sort((a, b) => latenessOf(a) - latenessOf(b));
}

/** Whether nobody could tell that `one` is later than `least`. */
function isAsGood(one: Measured, least: Measured): boolean {
  const difference = latenessOf(one) - latenessOf(least);
  if (difference < FLOOR.us || difference < FLOOR.share * latenessOf(least)) return true;
  return one.summary.us.p50.interval![0] <= least.summary.us.p50.interval![1];
}

function latenessOf({ summary }: Measured): number {
  return summary.us.p50.value;
}

/** In per cent of a core. Where the host does not tell, it is known at least that a spin takes all of one. */
function costOf({ row, summary }: Measured): number {
  return summary.cpuPercent ?? (row.subject.waits === 'spins' ? 100 : 0);
}

function leastCost(rows: readonly Measured[]): number {
  return Math.min(...rows.map(costOf));
}

/** `hybrid, 2.5 us late, 9 % CPU` */
function describe(equals: Equals): string {
  const { summary } = equals[0]!;
  const names = equals.map(({ row }) => row.subject.name).join(' or ');
  const cpu = summary.cpuPercent === null ? '' : `, ${percent(summary.cpuPercent)} % CPU`;
  const missed = summary.missed > 0 ? `, ${whole(summary.missed)} of ${whole(summary.count)} ticks missed` : '';
  return `${names}, ${brief(summary.us.p50.value)} us late${cpu}${missed}`;
}
