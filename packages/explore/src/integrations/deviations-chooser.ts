import type { ChoiceKind } from '../oracle/choice.js';
import { Chooser } from '../oracle/chooser.js';

/** At which choice of a run it is not 0: `at` is its place, from 0, and `pick` tells which of the others, from 0. */
export type Deviation = readonly [at: number, pick: number];

/** What the loop does by itself, but for some choices. So that each of them makes a difference, `pick` goes round in a circle. */
export class DeviationsChooser extends Chooser {
  override readonly alias = 'deviations';
  readonly #picks: ReadonlyMap<number, number>;
  #at = 0;

  constructor(deviations: readonly Deviation[]) {
    super();
    this.#picks = new Map(deviations);
  }

  override runStarted(): void {
    this.#at = 0;
  }

  override choose(_kind: ChoiceKind, count: number): number {
    const pick = this.#picks.get(this.#at++);
    return pick === undefined || count < 2 ? 0 : 1 + (pick % (count - 1));
  }
}
