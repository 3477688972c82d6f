import type { Chooser } from '../oracle/chooser.js';
import { OrderChooser } from '../strategies/order-chooser.js';
import { ScheduleChooser } from '../strategies/schedule-chooser.js';
import { mergedBlocks } from './blocks.js';
import type { Work } from './budget.js';

/** Of a choice among many, the numbers up to this one are tried one by one. */
const SMALL = 3;
/** So many tasks are tried one by one. */
const MOST_TASKS = 64;

/**
 * The schedule with the fewest deviations that fails in the same way, as far as the budget allows. A deviation is a choice that is
 * not 0; beyond the end of a list of choices, all are 0.
 */
export class Shrinker {
  #best: readonly number[];
  #playedBest: ScheduleChooser | undefined;

  constructor(
    private readonly work: Work,
    choices: readonly number[],
  ) {
    this.#best = trimmed(choices);
  }

  async shrink(): Promise<readonly number[]> {
    if (this.#best.length === 0) return this.#best;
    await this.#shorten();
    for (let before = Infinity; !this.work.budget.isSpent && weightOf(this.#best) < before; ) {
      before = weightOf(this.#best);
      await this.#removeDeviations();
      await this.#chooseSmaller();
      await this.#moveForward();
      await this.#freeTasks();
      await this.#mergeBlocks();
    }
    return this.#best;
  }

  /** The shortest beginning that fails, if all that are longer fail, too. */
  async #shorten(): Promise<void> {
    let passes = 0;
    let fails = this.#best.length;
    while (fails - passes > 1 && !this.work.budget.isSpent) {
      const middle = (passes + fails) >> 1;
      if (await this.#take(this.#best.slice(0, middle))) fails = middle;
      else passes = middle;
    }
  }

  /** Delta debugging: leaves out halves of the deviations, then quarters, then single ones. */
  async #removeDeviations(): Promise<void> {
    for (let size = Math.ceil(this.#deviations().length / 2); size >= 1; size = size === 1 ? 0 : size >> 1) {
      for (let from = 0; from < this.#deviations().length && !this.work.budget.isSpent; ) {
        const tried = this.#best.slice();
        for (const place of this.#deviations().slice(from, from + size)) tried[place] = 0;
        if (!(await this.#take(tried))) from += size;
      }
    }
  }

  /** Tries the smallest numbers one by one, then halves what is left between one that passes and one that fails. */
  async #chooseSmaller(): Promise<void> {
    for (const place of this.#deviations()) {
      if (this.work.budget.isSpent) return;
      let passes = 0;
      for (let fails = this.#best[place] ?? 0; fails - passes > 1; fails = this.#best[place] ?? 0) {
        const tried = passes < SMALL ? passes + 1 : (passes + fails) >> 1;
        const choices = this.#best.slice();
        choices[place] = tried;
        if (!(await this.#take(choices))) passes = tried;
      }
    }
  }

  /** A deviation that comes earlier, with all that follow it. */
  async #moveForward(): Promise<void> {
    for (const place of this.#deviations()) {
      if (this.work.budget.isSpent) return;
      const gap = place - (this.#deviations().findLast(other => other < place) ?? -1) - 1;
      for (let removed = gap; removed >= 1; removed >>= 1) {
        const tried = this.#best.slice();
        tried.splice(place - removed, removed);
        if (await this.#take(tried)) break;
      }
    }
  }

  /** Lets tasks go on where the loop lets them by itself, as long as that takes no more deviations. */
  async #freeTasks(): Promise<void> {
    const { order, others } = await this.#playBest();
    const free: number[] = [];
    for (const id of [...new Set(order)].slice(0, MOST_TASKS)) {
      const tasks = new Set([...free, id]);
      if (await this.#takeOrder(new OrderChooser(order, others, { tasks, place: 'by-itself' }), 1)) free.push(id);
    }
  }

  /** Lets a task take the steps of two of its turns in one. */
  async #mergeBlocks(): Promise<void> {
    for (let block = 0; !this.work.budget.isSpent; ) {
      const { order, others } = await this.#playBest();
      const candidates = mergedBlocks(order, block);
      if (candidates === undefined) return;
      let isMerged = false;
      for (const candidate of candidates) {
        isMerged ||= await this.#takeOrder(new OrderChooser(candidate, others), 0);
      }
      if (!isMerged) block++;
    }
  }

  async #playBest(): Promise<ScheduleChooser> {
    if (this.#playedBest?.choices !== this.#best) {
      this.#playedBest = new ScheduleChooser(this.#best);
      await this.work.player.play(this.#playedBest, 0);
    }
    return this.#playedBest;
  }

  /** Plays `tried`, and goes on with it if it fails in the same way and is better. */
  async #take(tried: readonly number[]): Promise<boolean> {
    return this.#takeOrder(new ScheduleChooser(tried), 0);
  }

  /** @param slack 1: also if it is as good, and only later */
  async #takeOrder(chooser: Chooser, slack: 0 | 1): Promise<boolean> {
    if (this.work.budget.isSpent) return false;
    const played = await this.work.player.play(chooser, 0);
    if (!this.work.isSame(played)) return false;
    const choices = trimmed(played.choices);
    const isBetter = slack
      ? deviationsIn(choices).length <= this.#deviations().length
      : weightOf(choices) < weightOf(this.#best);
    if (isBetter) this.#best = choices;
    return isBetter;
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
