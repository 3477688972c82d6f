import { OrderChooser } from '../strategies/order-chooser.js';
import { stepAt, type Trace } from '../trace.js';
import type { Work } from './budget.js';
import type { Cause } from './critical-pair.js';

/** With more tasks, all count as such that matter. */
const MOST_TASKS = 64;

/**
 * Which tasks matter: the run does not fail in the same way if their steps come only when nothing else can go on. Also those that
 * wake one that matters.
 *
 * @param cause of the failing run
 */
export async function tasksThatMatter(
  { player, isSame, budget }: Work,
  trace: Trace,
  { order, others }: Cause,
): Promise<ReadonlySet<number>> {
  const all = trace.tasks.map(({ id }) => id);
  const needed = new Set([1, ...(trace.pair ?? []).map(index => order[index]!)]);
  const rest = all.filter(id => !needed.has(id));
  if (all.length > MOST_TASKS) return new Set(all);
  if (!(await failsWithout(rest))) {
    const free: number[] = [];
    for (const id of rest) {
      if (await failsWithout([...free, id])) free.push(id);
      else needed.add(id);
    }
  }
  return withWakers(needed, trace);

  async function failsWithout(tasks: readonly number[]): Promise<boolean> {
    const chooser = new OrderChooser(order, others, { tasks: new Set(tasks), place: 'last' });
    return !budget.isSpent && isSame(await player.play(chooser, 0));
  }
}

function withWakers(needed: Set<number>, trace: Trace): ReadonlySet<number> {
  // Backwards, because a waker may itself be woken.
  for (const { task, wokenBy } of [...trace.steps].reverse()) {
    const waker = stepAt(trace, wokenBy)?.task;
    if (waker !== undefined && needed.has(task)) needed.add(waker);
  }
  return needed;
}
