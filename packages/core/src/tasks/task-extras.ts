import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Waiter } from './waiter.js';

/** @internal What only a few tasks have: the many that do without take a hundred bytes less. */
export class TaskExtras {
  priority = 0;
  /** Whether its failure was reported to somebody. */
  isObserved = false;
  errors: unknown[] | undefined = undefined;
  endListeners: (() => void)[] | undefined = undefined;
  cancelListeners: Set<(reason: unknown) => void> | undefined = undefined;
  cleanups: Yieldable<unknown, LoopEvent>[] | undefined = undefined;
  #joiners: Waiter<unknown>[] | undefined = undefined;
  #joinersLeft = 0;

  addJoiner(waiter: Waiter<unknown>): void {
    this.#joiners = appended(this.#joiners, waiter);
  }

  /** One of the joiners was abandoned. Those are dropped together, when they are the majority. */
  joinerLeft(): void {
    if (this.#joiners === undefined || 2 * ++this.#joinersLeft <= this.#joiners.length) return;
    this.#joiners = this.#joiners.filter(joiner => !joiner.isSettled);
    this.#joinersLeft = 0;
  }

  takeJoiners(): readonly Waiter<unknown>[] {
    const joiners = this.#joiners;
    this.#joiners = undefined;
    return joiners ?? [];
  }

  /** Calls them with the reason. @returns what they threw */
  callCancelListeners(reason: unknown): unknown[] {
    const errors: unknown[] = [];
    for (const listener of this.cancelListeners ?? []) {
      try {
        listener(reason);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** @internal `list` with `item` at its end; a new one if there was none. */
export function appended<T>(list: T[] | undefined, item: T): T[] {
  if (list === undefined) return [item];
  list.push(item);
  return list;
}
