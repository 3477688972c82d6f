import type { Duration, Instant } from '@escapement/core';
import type { Played, Player } from '../player.js';

/** At a few microseconds a step, so many take less than five seconds. */
const MOST_STEPS = 600_000;
const MOST_PLAYS = 3000;

/** In real milliseconds, for runs that are slower: with promises, or with very many tasks. */
const LONGEST: Duration = 5000;

/**
 * Shrinking ends after so much work, with the best schedule up to then. The work comes first, so that a failure is shrunk to the same
 * schedule on most machines.
 */
export class Budget {
  #spent: string | undefined;
  readonly #plays: number;
  readonly #steps: number;
  readonly #end: Instant;

  /** @param longest real milliseconds */
  constructor(
    private readonly player: Player,
    private readonly longest = LONGEST,
  ) {
    this.#plays = player.plays + MOST_PLAYS;
    this.#steps = player.steps + MOST_STEPS;
    this.#end = performance.now() + longest;
  }

  get isSpent(): boolean {
    return this.spent !== undefined;
  }

  /** What it is that was spent: `'5 s'`. Undefined if it was enough: what has asked for more since then has not got it. */
  get spent(): string | undefined {
    if (this.#spent !== undefined) return this.#spent;
    const { plays, steps } = this.player;
    if (plays >= this.#plays) this.#spent = `${MOST_PLAYS} runs`;
    else if (steps >= this.#steps) this.#spent = `${MOST_STEPS} steps`;
    else if (performance.now() >= this.#end) this.#spent = `${this.longest / 1000} s`;
    return this.#spent;
  }
}

/** What all that looks for the cause of a failure needs. */
export interface Work {
  readonly player: Player;
  /** Whether a run has failed in the same way. */
  readonly isSame: (played: Played) => boolean;
  readonly budget: Budget;
}
