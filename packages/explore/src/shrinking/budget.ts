import type { Player } from '../player.js';

/** At a few microseconds a step, so many take less than five seconds. */
const MOST_STEPS = 600_000;
const MOST_PLAYS = 3000;

/** Shrinking ends after so much work, with the best schedule up to then. */
export class Budget {
  readonly #plays: number;
  readonly #steps: number;

  /** @param share of the whole budget, from 0 to 1 */
  constructor(
    private readonly player: Player,
    share: number,
  ) {
    this.#plays = player.plays + MOST_PLAYS * share;
    this.#steps = player.steps + MOST_STEPS * share;
  }

  get isSpent(): boolean {
    return this.player.plays >= this.#plays || this.player.steps >= this.#steps;
  }
}
