import type { Played, Player } from '../player.js';
import { ScheduleChooser } from '../strategies/schedule-chooser.js';
import { Budget } from './budget.js';

/** Of a choice among many, these smaller ones are tried. */
const SMALLEST = [0, 1, 2, 3];

/**
 * The schedule with the fewest deviations that fails in the same way, as far as the budget allows. A deviation is a choice that is
 * not 0; beyond the end of a list of choices, all are 0.
 */
export class Shrinker {
  readonly #budget: Budget;
  #best: number[];

  constructor(
    private readonly player: Player,
    private readonly isSame: (played: Played) => boolean,
    choices: readonly number[],
  ) {
    this.#budget = new Budget(player, 0.8);
    this.#best = trimmed(choices);
  }

  async shrink(): Promise<readonly number[]> {
    await this.#shorten();
    for (let before = Infinity; !this.#budget.isSpent && weightOf(this.#best) < before; ) {
      before = weightOf(this.#best);
      await this.#removeDeviations();
      await this.#chooseSmaller();
      await this.#moveForward();
    }
    return this.#best;
  }

  /** The shortest beginning that fails, if all that are longer fail, too. */
  async #shorten(): Promise<void> {
    let passes = 0;
    let fails = this.#best.length;
    while (fails - passes > 1) {
      const middle = (passes + fails) >> 1;
      if (await this.#take(this.#best.slice(0, middle))) fails = middle;
      else passes = middle;
    }
  }

  /** Delta debugging: leaves out halves of the deviations, then quarters, then single ones. */
  async #removeDeviations(): Promise<void> {
    for (let size = Math.ceil(this.#deviations().length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
      for (let from = 0; from < this.#deviations().length; ) {
        const tried = this.#best.slice();
        for (const place of this.#deviations().slice(from, from + size)) tried[place] = 0;
        if (!(await this.#take(tried))) from += size;
      }
    }
  }

  async #chooseSmaller(): Promise<void> {
    for (const place of this.#deviations()) {
      const present = this.#best[place] ?? 0;
      for (const smaller of [...SMALLEST, present >> 1, present - 1]) {
        if (smaller >= (this.#best[place] ?? 0) || smaller < 1) continue;
        const tried = this.#best.slice();
        tried[place] = smaller;
        if (await this.#take(tried)) break;
      }
    }
  }

  /** A deviation that comes earlier, with all that follow it. */
  async #moveForward(): Promise<void> {
    for (const place of this.#deviations()) {
      const gap = place - (this.#deviations().findLast(other => other < place) ?? -1) - 1;
      for (let removed = gap; removed >= 1; removed >>= 1) {
        const tried = this.#best.slice();
        tried.splice(place - removed, removed);
        if (await this.#take(tried)) break;
      }
    }
  }

  /** Plays `tried`, and goes on with it if it fails in the same way and is better. */
  async #take(tried: readonly number[]): Promise<boolean> {
    if (this.#budget.isSpent) return false;
    const played = await this.player.play(new ScheduleChooser(tried), 0);
    if (!this.isSame(played)) return false;
    const choices = trimmed(played.choices);
    if (weightOf(choices) >= weightOf(this.#best)) return false;
    this.#best = choices;
    return true;
  }

  #deviations(): number[] {
    return deviationsIn(this.#best);
  }
}

/** The places of the choices that are not 0. */
export function deviationsIn(choices: readonly number[]): number[] {
  return choices.flatMap((choice, place) => (choice === 0 ? [] : [place]));
}

/** Without the zeros at the end. */
export function trimmed(choices: readonly number[]): number[] {
  return choices.slice(0, choices.findLastIndex(choice => choice !== 0) + 1);
}

/** Fewer deviations count most, then smaller ones, then earlier ones. */
function weightOf(choices: readonly number[]): number {
  let weight = choices.length;
  for (const choice of choices) if (choice > 0) weight += 1e8 + 1e4 * choice;
  return weight;
}
