import type { Task } from '@escapement/core';
import type { Oracle } from './oracle.js';

/** The reason of such a cancellation. */
export const INJECTED = 'explore chose to cancel it: see run.mayCancel';

/** The tasks that may be cancelled after a step: see `run.mayCancel`. */
export class Cancellations {
  #victims: Task[] = [];
  /** The last one that was cancelled. */
  last: Task | undefined;

  get areOpen(): boolean {
    return this.#victims.length > 0;
  }

  add(task: Task): void {
    this.#victims.push(task);
  }

  /** Between two steps: lets the oracle choose who is cancelled, if anybody. */
  offer(oracle: Oracle): void {
    this.#victims = this.#victims.filter(task => !task.isEnded && !task.isCancelled);
    if (!this.areOpen) return;
    const chosen = oracle.choose('cancel', this.#victims.length + 1);
    if (chosen === 0) return;
    this.last = this.#victims[chosen - 1]!;
    this.last.cancel(INJECTED);
  }
}
