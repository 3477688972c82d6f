import type { Played } from '../player.js';
import { OrderChooser } from '../strategies/order-chooser.js';
import { type LastChoice, ScheduleChooser } from '../strategies/schedule-chooser.js';
import type { Otherwise } from '../trace.js';
import type { Work } from './budget.js';
import { deviationsIn, trimmed } from './shrink.js';

/** The steps of a pair, as places in the failing run. */
export type PairOfSteps = readonly [first: number, second: number];

/** What was found out about a schedule that fails. */
export interface Cause {
  /** The schedule, perhaps shorter than before. */
  readonly choices: readonly number[];
  /** The ids of the tasks of its steps. */
  readonly order: readonly number[];
  /** Those of its choices that are not about who is next. */
  readonly others: readonly number[];
  /** Its last deviation, without which it passes; undefined if there is none. */
  readonly last: LastChoice | undefined;
  readonly pair: PairOfSteps | undefined;
  /** What happens with the two steps of the pair in the other order, or else without the last deviation. */
  readonly otherwise: Otherwise;
}

/** A pair that was found. */
interface FoundPair {
  readonly pair: PairOfSteps;
  readonly otherwise: Otherwise;
}

/**
 * Finds the two steps whose order alone decides. The last deviation lets a task go on before another one, whose turn it was. Between
 * "all the steps that it took fail" and "none passes" there is one step that decides, and in the same way one of the other
 * task's.
 */
export class CriticalPairSearch {
  /** Of the failing run. */
  #order: readonly number[] = [];
  #others: readonly number[] = [];
  /** Whether a run with another error counts as one that does not fail: only where none can be had that passes. */
  #mustBeSame = false;

  constructor(private readonly work: Work) {}

  async find(choices: readonly number[]): Promise<Cause> {
    const needed = await this.#upToLastNeeded(choices);
    const chooser = new ScheduleChooser(needed);
    await this.work.player.play(chooser, 0);
    const { last, others, order } = chooser;
    this.#order = order;
    this.#others = others;
    const without = await this.#without(needed);
    this.#mustBeSame = without === 'fails';
    const found = last?.instead === undefined ? undefined : await this.#pairAfter(last.step, last.instead);
    const otherwise = found?.otherwise ?? without;
    return { choices: needed, order, others, last, pair: found?.pair, otherwise };
  }

  /** Leaves out deviations at the end that change nothing. */
  async #upToLastNeeded(choices: readonly number[]): Promise<readonly number[]> {
    let needed: readonly number[] = trimmed(choices);
    for (const place of deviationsIn(needed).reverse()) {
      if (this.work.budget.isSpent) break;
      const without = trimmed(needed.slice(0, place));
      if (!this.work.isSame(await this.work.player.play(new ScheduleChooser(without), 0))) break;
      needed = without;
    }
    return needed;
  }

  async #without(choices: readonly number[]): Promise<Otherwise> {
    const without = new ScheduleChooser(choices.slice(0, deviationsIn(choices).at(-1)));
    return otherwiseOf(await this.work.player.play(without, 0));
  }

  /** @param step before which the last deviation is @param instead the id of the task whose turn it was */
  async #pairAfter(step: number, instead: number): Promise<FoundPair | undefined> {
    const order = this.#order;
    const overtaken = order.indexOf(instead, step + 1);
    if (overtaken < 0) return undefined;
    // So many steps before the one that was overtaken make the run fail.
    const early = await this.#least(overtaken - step, count => this.#fails([...order.slice(0, step + count), instead]));
    const first = step + early - 1;
    const overtakenFirst = [...order.slice(0, first), instead];
    const passing = await this.#orderOf(overtakenFirst);
    const late = passing.indexOf(order[first]!, first) - first;
    if (late < 1) return { pair: [first, overtaken], otherwise: otherwiseOf(await this.#played(overtakenFirst)) };
    // After so many steps of the others, that step comes too late to make it fail.
    const tooLate = (count: number) => [...passing.slice(0, first + count), order[first]!];
    const enough = await this.#least(late, async count => !(await this.#fails(tooLate(count))));
    const pair = [first, sameStep(passing, first + enough - 1, order) ?? overtaken] as const;
    return { pair, otherwise: otherwiseOf(await this.#played(tooLate(enough))) };
  }

  /** The least number from 1 to `most` for which the answer is yes. It is for `most`, and not for 0. */
  async #least(most: number, answer: (count: number) => Promise<boolean>): Promise<number> {
    let no = 0;
    let yes = most;
    while (yes - no > 1 && !this.work.budget.isSpent) {
      const middle = (no + yes) >> 1;
      if (await answer(middle)) yes = middle;
      else no = middle;
    }
    return yes;
  }

  async #fails(order: readonly number[]): Promise<boolean> {
    const played = await this.#played(order);
    return this.#mustBeSame ? this.work.isSame(played) : played.hasFailed;
  }

  #played(order: readonly number[]): Promise<Played> {
    return this.work.player.play(new OrderChooser(order, this.#others), 0);
  }

  async #orderOf(begin: readonly number[]): Promise<readonly number[]> {
    const chooser = new OrderChooser(begin, this.#others);
    await this.work.player.play(chooser, 0);
    return chooser.played;
  }
}

function otherwiseOf({ hasFailed }: Played): Otherwise {
  return hasFailed ? 'fails' : 'passes';
}

/** Where the step at `place` of one run is in another one: the same task's, and as many of its steps come before. */
function sameStep(one: readonly number[], place: number, other: readonly number[]): number | undefined {
  const task = one[place];
  let left = one.slice(0, place).filter(id => id === task).length;
  const found = other.findIndex(id => id === task && left-- === 0);
  return found < 0 ? undefined : found;
}
