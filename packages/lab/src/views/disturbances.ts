import type { Disturbance, Row } from '../results/results.js';
import { decimal, whole } from './numbers.js';

/** From these shares of its rounds on, a row is marked: its tail is not its own, and then not even its median. */
const SOME = 0.1;
const MANY = 0.5;

/** `!` beside a row that the machine held up, `!!` beside one that it held up in half of its rounds. */
export function mark({ summary }: Row): '' | '!' | '!!' {
  const hit = summary?.disturbance.roundsHit ?? 0;
  if (hit >= MANY) return '!!';
  return hit >= SOME ? '!' : '';
}

/** What the marks mean, and what happened; undefined if no row has one. */
export function footnote(rows: readonly Row[]): string | undefined {
  const marked = rows.filter(row => mark(row) !== '');
  if (marked.length === 0) return undefined;
  const what = disturbanceParts(totalOf(marked)).join(', ');
  return `! the machine held the row up in a tenth of its rounds or more, !! in half. Over these rows: ${what}.`;
}

/** `['12.0 ms ready without a core', '30 involuntary switches']`: only what there was. */
export function disturbanceParts(disturbance: Disturbance): string[] {
  const { runQueueMs, involuntarySwitches, stealMs, throttledMs, gcMs } = disturbance;
  return [
    runQueueMs ? `${decimal(runQueueMs, 1)} ms ready without a core` : '',
    involuntarySwitches ? `${whole(involuntarySwitches)} involuntary switches` : '',
    stealMs ? `${decimal(stealMs, 0)} ms of steal by the hypervisor` : '',
    throttledMs ? `${decimal(throttledMs, 1)} ms throttled by the control group` : '',
    gcMs ? `${decimal(gcMs, 1)} ms of garbage collection` : '',
  ].filter(Boolean);
}

function totalOf(rows: readonly Row[]): Disturbance {
  const total = (what: keyof Disturbance) =>
    rows.reduce((sum, { summary }) => sum + (summary?.disturbance[what] ?? 0), 0);
  return {
    runQueueMs: total('runQueueMs'),
    involuntarySwitches: total('involuntarySwitches'),
    stealMs: total('stealMs'),
    throttledMs: total('throttledMs'),
    gcMs: total('gcMs'),
  };
}
