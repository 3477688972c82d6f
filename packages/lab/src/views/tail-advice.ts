import type { Machine } from '../results/machine.js';
import type { Measured } from './measured.js';
import { brief } from './numbers.js';

/** In microseconds: from here on a tail is worth a word. */
const LONG = 100;
/** So many times the median is a tail and not the strategy's usual lateness. */
const TAIL = 10;

/**
 * What to do about the tail, if rows show that it is the scheduler's: a spin, which never gives up its core, has it too.
 *
 * @param chosen the rows that were recommended
 * @param all what was measured at the same settings
 * @returns one sentence or none
 */
export function tailAdvice(chosen: readonly Measured[], all: readonly Measured[], machine: Machine): string[] {
  // Other classes are no remedy, and systems that have no classes have other remedies.
  if (machine.schedulingClass !== 'SCHED_OTHER') return [];
  const pairs = chosen.filter(hasLongTail).flatMap(one => {
    const spin = all.find(each => isSpin(each) && each.row.setting === one.row.setting && p99Of(each) >= LONG);
    return spin === undefined ? [] : [{ one, spin }];
  });
  const worst = pairs.sort((a, b) => p99Of(b.one) - p99Of(a.one))[0];
  if (worst === undefined) return [];
  const { one, spin } = worst;
  const tail = `At ${one.row.label} p99 is ${brief(p99Of(one))} us for ${one.row.subject.name}`;
  return [
    `${tail} and ${brief(p99Of(spin))} us for ${spin.row.subject.name}, which never gives up its core: these are stalls of the scheduler, not of the strategy. A real-time class ends most of them (chrt -f 50 before the command, as root or with CAP_SYS_NICE): on a machine of this project p99 of hybrid was 842 us without and 59 with it, see docs/performance.md.`,
  ];
}

function hasLongTail(each: Measured): boolean {
  return p99Of(each) >= Math.max(LONG, TAIL * each.summary.us.p50.value);
}

function isSpin({ row }: Measured): boolean {
  return row.subject.waits === 'spins';
}

/** 0 if it is not known. */
function p99Of({ summary }: Measured): number {
  return summary.us.p99?.value ?? 0;
}
