import type { Task } from '@escapement/core';
import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** When a task goes on whose place in the order does not count: where the loop lets it by itself, or when nothing else can. */
export type FreePlace = 'by-itself' | 'last';

/** What an order leaves open. */
export interface Freedom {
  readonly tasks: ReadonlySet<number>;
  readonly place: FreePlace;
}

const NONE: Freedom = { tasks: new Set(), place: 'last' };

/**
 * Lets tasks take their steps in a given order. After its end, and where the task whose turn it is cannot go on, the loop decides by
 * itself.
 */
export class OrderChooser extends Chooser {
  override readonly alias = 'order';
  /** The ids of the tasks of all steps that were taken. */
  readonly played: number[] = [];
  readonly #order: readonly number[];
  #at = 0;
  #other = 0;

  /**
   * @param order the ids of the tasks, one for each step
   * @param others the choices that are not about who is next, in order
   * @param free tasks whose steps in the order do not count
   */
  constructor(
    order: readonly number[],
    private readonly others: readonly number[],
    private readonly free: Freedom = NONE,
  ) {
    super();
    this.#order = order.filter(id => !free.tasks.has(id));
  }

  override choose(_kind: ChoiceKind, count: number, ready?: readonly Task[]): number {
    if (ready === undefined) return Math.min(this.others[this.#other++] ?? 0, count - 1);
    const { tasks, place } = this.free;
    if (place === 'by-itself' && tasks.has(ready[0]!.id)) return 0;
    const wanted = ready.findIndex(({ id }) => id === this.#order[this.#at]);
    if (wanted >= 0) return wanted;
    return Math.max(
      0,
      ready.findIndex(({ id }) => !tasks.has(id)),
    );
  }

  override stepStarted(task: Task): void {
    this.played.push(task.id);
    if (task.id === this.#order[this.#at]) this.#at++;
  }
}
