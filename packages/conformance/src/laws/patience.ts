import { realNow } from './host.js';

/** In milliseconds. */
export const TICK = 50;
const TICKS = 60;
/** The shortest time that the kit waits, in milliseconds, for something outside of the loop. */
export const PATIENCE = TICKS * TICK;

/**
 * How long the kit waits for the host or another thread. Counts ticks, not time: ask it in each turn of a wait. On a machine that is
 * busy or suspended this thread has as few turns as the others, and the ticks come later.
 */
export class Patience {
  #ticks = 0;
  #last = realNow();

  /** Whether nothing will come any more. */
  get isOver(): boolean {
    const now = realNow();
    if (now - this.#last >= TICK) {
      this.#ticks++;
      this.#last = now;
    }
    return this.#ticks >= TICKS;
  }
}
