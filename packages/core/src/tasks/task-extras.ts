import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Waiter } from './waiter.js';

/** @internal What few tasks need; a task without it takes a hundred bytes less. */
export class TaskExtras {
  priority = 0;
  /** Whether a joiner, a promise or a listener got its failure. */
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

  /** A joiner was abandoned. Abandoned joiners are removed together, once they are the majority. */
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

  /** @returns what the listeners threw */
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
