import type { Results } from '../results/results.js';

/** How far one side may be ahead of the other at any time, as a share of its runs. */
const MOST_AHEAD = 0.5;

/**
 * Whether the runs of both sides took turns: at no time was one side ahead of the other by more than half of its runs, or by more
 * than a single run. Then a slow phase of the machine concerns both. Runs in the order A B B A are, and so are most that were
 * taken in random order; all of A before all of B are not.
 */
export function areInterleaved(a: readonly Results[], b: readonly Results[]): boolean {
  const [timesA, timesB] = [timesOf(a), timesOf(b)];
  const limit = Math.max(MOST_AHEAD, 1 / Math.min(a.length, b.length));
  return [...timesA, ...timesB].every(time => Math.abs(shareUntil(timesA, time) - shareUntil(timesB, time)) <= limit);
}

function timesOf(results: readonly Results[]): number[] {
  return results.map(({ date }) => Date.parse(date));
}

function shareUntil(times: readonly number[], time: number): number {
  return times.filter(each => each <= time).length / times.length;
}
