import type { Played } from './player.js';
import { Reorderings } from './reorderings.js';
import type { Summary } from './summary.js';
import type { Divergence } from './tracing/divergence.js';

/** So many schedules are told apart; an exploration of more says that it saw so many. */
const MOST_SCHEDULES = 1_000_000;

/** Keeps account of the runs of an exploration. */
export class Seen {
  readonly reorderings = new Reorderings();
  readonly #orders = new Set<number>();
  #runs = 0;
  #steps = 0;
  #choices = 0;

  add({ order, steps, choices }: Played): void {
    this.#runs++;
    this.#steps += steps;
    this.#choices += choices.length;
    if (this.#orders.size < MOST_SCHEDULES) this.#orders.add(order);
  }

  /** @param notExhausted why not all schedules were played, if so */
  summary(notExhausted: string | undefined, divergence?: Divergence): Summary {
    const { neverReordered, neverBesideAnother } = this.reorderings;
    return {
      runs: this.#runs,
      schedules: this.#orders.size,
      steps: this.#steps,
      choices: this.#choices,
      exhausted: notExhausted === undefined,
      notExhausted,
      neverReordered,
      neverBesideAnother,
      divergence,
    };
  }
}
