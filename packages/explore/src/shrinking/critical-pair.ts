import type { Played, Player } from '../player.js';
import { type Alternative, OrderChooser } from './order-chooser.js';
import { deviationsIn, trimmed } from './shrink.js';

/** The steps of a pair, as places in the failing run. */
export type PairOfSteps = readonly [first: number, second: number];

/** What was found out about a schedule that fails. */
export interface Cause {
  /** The schedule, perhaps shorter than before. */
  readonly choices: readonly number[];
  /** Its last deviation, without which it passes; undefined if there is none. */
  readonly last: Alternative | undefined;
  readonly pair: PairOfSteps | undefined;
  /** Those of its choices that are not about who is next. */
  readonly others: readonly number[];
}

/**
 * Finds the two steps whose order alone decides. The last deviation lets a task go on before another one, whose turn it was. Between
 * "all the steps that it took fail" and "none passes" there is one step that decides, and in the same way one of the other
 * task's.
 */
export class CriticalPairSearch {
  constructor(
    private readonly player: Player,
    private readonly isSame: (played: Played) => boolean,
  ) {}

  async find(choices: readonly number[]): Promise<Cause> {
    const needed = await this.#upToLastNeeded(choices);
    const place = needed.length - 1;
    if (place < 0) return { choices: needed, last: undefined, pair: undefined, others: [] };
    const chooser = new OrderChooser(needed);
    await this.player.play(chooser, 0);
    const last = chooser.last!;
    const pair =
      last.instead === undefined ? undefined : await this.#pairOf(needed.slice(0, place), chooser.order, last);
    return { choices: needed, last, pair, others: chooser.others };
  }

  /** Leaves out deviations at the end that change nothing. */
  async #upToLastNeeded(choices: readonly number[]): Promise<readonly number[]> {
    let needed: readonly number[] = trimmed(choices);
    for (const place of deviationsIn(needed).reverse()) {
      const without = needed.slice(0, place);
      if (!(await this.#fails(without, []))) break;
      needed = trimmed(without);
    }
    return needed;
  }

  /** @param order the ids of the tasks of the failing run, step by step */
  async #pairOf(
    before: readonly number[],
    order: readonly number[],
    last: Alternative,
  ): Promise<PairOfSteps | undefined> {
    const { step, instead } = last;
    const overtaken = order.indexOf(instead!, step + 1);
    if (overtaken < 0) return undefined;
    // So many steps before the one that was overtaken make the run fail.
    const early = await this.#least(overtaken - step, async count =>
      this.#fails(before, [...order.slice(step, step + count), instead!]),
    );
    const first = step + early - 1;
    const between = order.slice(step, first);
    const passing = await this.#orderOf(before, [...between, instead!]);
    const late = passing.indexOf(order[first]!, first) - first;
    if (late < 1) return [first, overtaken];
    // After so many steps of the others, that step comes too late to make it fail.
    const enough = await this.#least(late, async count => {
      const forced = [...between, ...passing.slice(first, first + count), order[first]!];
      return !(await this.#fails(before, forced));
    });
    return [first, sameStep(passing, first + enough - 1, order) ?? overtaken];
  }

  /** The least number from 1 to `most` for which the answer is yes. It is for `most`, and not for 0. */
  async #least(most: number, answer: (count: number) => Promise<boolean>): Promise<number> {
    let no = 0;
    let yes = most;
    while (yes - no > 1) {
      const middle = (no + yes) >> 1;
      if (await answer(middle)) yes = middle;
      else no = middle;
    }
    return yes;
  }

  async #fails(choices: readonly number[], forced: readonly number[]): Promise<boolean> {
    return this.isSame(await this.player.play(new OrderChooser(choices, forced), 0));
  }

  async #orderOf(choices: readonly number[], forced: readonly number[]): Promise<readonly number[]> {
    const chooser = new OrderChooser(choices, forced);
    await this.player.play(chooser, 0);
    return chooser.order;
  }
}

/** Where the step at `place` of one run is in another one: the same task's, and as many of its steps come before. */
function sameStep(one: readonly number[], place: number, other: readonly number[]): number | undefined {
  const task = one[place];
  let left = one.slice(0, place).filter(id => id === task).length;
  const found = other.findIndex(id => id === task && left-- === 0);
  return found < 0 ? undefined : found;
}
