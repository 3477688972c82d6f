import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';
import { settleJoiner } from './task-outcome.js';
import type { Waiter } from './waiter.js';

/** @internal What few tasks need; a task without it takes a hundred bytes less. */
export class TaskExtras {
  priority = 0;
  /** Whether a joiner, a promise or a listener got its failure. */
  isObserved = false;
  errors: unknown[] | undefined = undefined;
  cancelListeners: Set<(reason: unknown) => void> | undefined = undefined;
  cleanups: Yieldable<unknown, LoopEvent>[] | undefined = undefined;
  #joiners: Waiter<unknown>[] | undefined = undefined;
  #joinersLeft = 0;
  #endListeners: (() => void)[] | undefined = undefined;

  addJoiner(waiter: Waiter<unknown>): void {
    this.#joiners = appended(this.#joiners, waiter);
  }

  addEndListener(listener: () => void): void {
    this.#endListeners = appended(this.#endListeners, listener);
  }

  /** A joiner was abandoned. Abandoned joiners are removed together, once they are the majority. */
  joinerLeft(): void {
    if (this.#joiners === undefined || 2 * ++this.#joinersLeft <= this.#joiners.length) return;
    this.#joiners = this.#joiners.filter(joiner => !joiner.isSettled);
    this.#joinersLeft = 0;
  }

  /** The task has ended: informs those who wait for it. */
  reportEnd(task: Task): void {
    const joiners = this.#joiners;
    this.#joiners = undefined;
    for (const joiner of joiners ?? []) settleJoiner(task, joiner);
    for (const listener of this.#endListeners ?? []) listener();
    this.#endListeners = this.cancelListeners = undefined;
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
