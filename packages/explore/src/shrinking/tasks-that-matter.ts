import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';
import type { Played, Player } from '../player.js';
import type { Trace } from '../trace.js';

/** With more tasks, all count as such that matter. */
const MOST_TASKS = 64;

/** Lets the tasks take their steps in a given order, but some of them only when nothing else can go on. */
class AvoidingChooser extends Chooser {
  override readonly alias = 'avoiding';
  readonly #order: readonly number[];
  #at = 0;

  constructor(
    order: readonly number[],
    private readonly avoided: ReadonlySet<number>,
    private readonly choices: (kind: ChoiceKind) => number,
  ) {
    super();
    this.#order = order.filter(id => !avoided.has(id));
  }

  override choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    if (ready === undefined) return Math.min(this.choices(kind), count - 1);
    const wanted = ready.findIndex(({ id }) => id === this.#order[this.#at]);
    if (wanted >= 0) return wanted;
    return Math.max(
      0,
      ready.findIndex(({ id }) => !this.avoided.has(id)),
    );
  }

  override stepStarted(task: Task): void {
    if (task.id === this.#order[this.#at]) this.#at++;
  }
}

/**
 * Which tasks matter: the run does not fail in the same way if their steps come only when nothing else can go on. Also those that
 * wake one that matters.
 *
 * @param others the choices of the failing run that are not about who is next, in order
 */
export async function tasksThatMatter(
  player: Player,
  isSame: (played: Played) => boolean,
  trace: Trace,
  others: readonly number[],
): Promise<ReadonlySet<number>> {
  const all = new Set(trace.tasks.map(({ id }) => id));
  if (all.size > MOST_TASKS) return all;
  const order = trace.steps.map(({ task }) => task);
  const needed = new Set([1, ...(trace.pair ?? []).map(index => order[index]!)]);
  const avoided = new Set<number>();
  if (await failsWithout(new Set([...all].filter(id => !needed.has(id))))) return withWakers(needed, trace);
  for (const id of all) {
    if (needed.has(id)) continue;
    if (await failsWithout(new Set([...avoided, id]))) avoided.add(id);
    else needed.add(id);
  }
  return withWakers(needed, trace);

  async function failsWithout(ids: ReadonlySet<number>): Promise<boolean> {
    const left = others[Symbol.iterator]();
    const chooser = new AvoidingChooser(order, ids, () => left.next().value ?? 0);
    return isSame(await player.play(chooser, 0));
  }
}

function withWakers(needed: Set<number>, { steps }: Trace): ReadonlySet<number> {
  // Backwards, because a waker may itself be woken.
  for (const { task, wokenBy } of [...steps].reverse()) {
    const waker = wokenBy === undefined ? undefined : steps[wokenBy]?.task;
    if (waker !== undefined && needed.has(task)) needed.add(waker);
  }
  return needed;
}
