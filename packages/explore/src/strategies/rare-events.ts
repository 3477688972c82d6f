import type { ChoiceKind } from '../oracle/choice.js';
import type { Below } from '../oracle/random-numbers.js';

/** One in so many: each run draws how seldom. Some bugs need many of them, others need a long time without. */
const RATES = [4, 16, 64];

const RARE: readonly ChoiceKind[] = ['late', 'slow', 'link', 'cancel'];

/** Lateness, faults and cancellations: asked for at each step, they would otherwise all come at the beginning. */
export class RareEvents {
  readonly #rate: number;

  constructor(private readonly below: Below) {
    this.#rate = RATES[below(RATES.length)]!;
  }

  /** @returns undefined if this kind of choice is none of these */
  choose(kind: ChoiceKind, count: number): number | undefined {
    if (!RARE.includes(kind)) return undefined;
    return this.below(this.#rate) === 0 ? 1 + this.below(count - 1) : 0;
  }
}
