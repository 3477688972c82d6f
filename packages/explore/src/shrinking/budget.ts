import type { Duration, Instant } from '@escapement/core';
import type { Played, Player } from '../player.js';

/** At a few microseconds a step, so many take less than five seconds. */
const MOST_STEPS = 600_000;
const MOST_PLAYS = 3000;

/** In real milliseconds, for programs with promises: a run of theirs takes as long as the host does. */
const LONGEST: Duration = 4000;

/** Shrinking ends after so much work, with the best schedule up to then. */
export class Budget {
  readonly #plays: number;
  readonly #steps: number;
  readonly #end: Instant;

  constructor(private readonly player: Player) {
    this.#plays = player.plays + MOST_PLAYS;
    this.#steps = player.steps + MOST_STEPS;
    this.#end = performance.now() + LONGEST;
  }

  get isSpent(): boolean {
    const { plays, steps, hasPromises } = this.player;
    return plays >= this.#plays || steps >= this.#steps || (hasPromises && performance.now() >= this.#end);
  }
}

/** What all that looks for the cause of a failure needs. */
export interface Work {
  readonly player: Player;
  /** Whether a run has failed in the same way. */
  readonly isSame: (played: Played) => boolean;
  readonly budget: Budget;
}
