import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** What was chosen at the last choice of a list. */
export interface LastChoice {
  readonly kind: ChoiceKind;
  readonly chosen: number;
  /** The steps before it. */
  readonly step: number;
  /** How many choices of its kind there were up to it. */
  readonly call: number;
  /** The id of the task that would have been next by itself; undefined for other kinds of choices. */
  readonly instead: number | undefined;
}

/** Plays a list of choices. Beyond its end, and where a choice does not fit, what the loop does by itself. */
export class ScheduleChooser extends Chooser {
  override readonly alias = 'schedule';
  /** The id of the task of each step. */
  readonly order: number[] = [];
  /** The choices that are not about who is next, in order. */
  readonly others: number[] = [];
  last: LastChoice | undefined;
  readonly #calls = new Map<ChoiceKind, number>();
  #at = 0;

  constructor(readonly choices: readonly number[]) {
    super();
  }

  override runStarted(): void {
    this.order.length = this.others.length = this.#at = 0;
    this.#calls.clear();
  }

  override choose(kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    if (this.#at < this.choices.length) this.#calls.set(kind, (this.#calls.get(kind) ?? 0) + 1);
    const given = this.choices[this.#at++] ?? 0;
    const chosen = given < count ? given : 0;
    if (ready === undefined) this.others.push(chosen);
    if (this.#at === this.choices.length)
      this.last = {
        kind,
        chosen,
        step: this.order.length,
        call: this.#calls.get(kind)!,
        instead: ready?.[0]?.id,
      };
    return chosen;
  }

  override stepStarted(task: Task): void {
    this.order.push(task.id);
  }
}
