import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** What an `OrderChooser` saw at the choice after the list. */
export interface Alternative {
  readonly kind: ChoiceKind;
  readonly chosen: number;
  /** The steps before it. */
  readonly step: number;
  /** The id of the task that would have been next by itself; undefined for other kinds of choices. */
  readonly instead: number | undefined;
}

/**
 * Plays a list of choices, then lets the tasks with the given ids take one step each, in that order, and then leaves the rest to the
 * loop. Keeps the order of all steps.
 */
export class OrderChooser extends Chooser {
  override readonly alias = 'order';
  /** The id of the task of each step. */
  readonly order: number[] = [];
  /** The choices of the list that are not about who is next. */
  readonly others: number[] = [];
  /** The last choice of the list. */
  last: Alternative | undefined;
  #at = 0;
  /** The steps before the first of `forced`. */
  #forcedFrom = Infinity;

  constructor(
    private readonly choices: readonly number[],
    private readonly forced: readonly number[] = [],
  ) {
    super();
  }

  override runStarted(): void {
    this.order.length = this.others.length = this.#at = 0;
    this.#forcedFrom = Infinity;
  }

  override choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    const place = this.#at++;
    if (place >= this.choices.length) return this.#forcedChoice(ready);
    const given = this.choices[place]!;
    const chosen = given < count ? given : 0;
    if (ready === undefined) this.others.push(chosen);
    if (place === this.choices.length - 1) {
      const step = this.order.length;
      this.last = { kind, chosen, step, instead: ready?.[0]?.id };
    }
    return chosen;
  }

  override stepStarted(task: Task): void {
    this.order.push(task.id);
  }

  #forcedChoice(ready: readonly Task[] | undefined): number {
    if (ready === undefined) return 0;
    // The first choice of a task after the list is where the forced steps begin.
    if (this.#forcedFrom === Infinity) this.#forcedFrom = this.order.length;
    const wanted = this.forced[this.order.length - this.#forcedFrom];
    return Math.max(0, wanted === undefined ? 0 : ready.findIndex(({ id }) => id === wanted));
  }
}
