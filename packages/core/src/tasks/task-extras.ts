import type { Yieldable } from '../events/coroutine.js';
import type { Instant } from '../events/instant.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Task } from './task.js';
import type { TaskFamily } from './task-family.js';
import { settleJoiner } from './task-outcome.js';
import type { SlotEntry } from './task-slot.js';
import type { SchedulingHints } from './task-spec.js';
import type { Waiter } from './waiter.js';

/** @internal What few tasks need; a task without it takes a hundred bytes less. */
export class TaskExtras {
  hints: SchedulingHints | undefined = undefined;
  slots: SlotEntry | undefined = undefined;
  /** When it became ready, in milliseconds. Kept only for a policy that may break its contract. */
  readySince: Instant = 0;
  /** Whether a joiner, a promise or a listener got its failure. */
  isObserved = false;
  errors: unknown[] | undefined = undefined;
  cancelListeners: Set<(reason: unknown) => void> | undefined = undefined;
  cleanups: Yieldable<unknown, LoopEvent>[] | undefined = undefined;
  /** Of many errors, to find one. */
  #known: Set<unknown> | undefined = undefined;
  #joiners: Waiter<unknown>[] | undefined = undefined;
  #joinersLeft = 0;
  #endListeners: (() => void)[] | undefined = undefined;

  addJoiner(waiter: Waiter<unknown>): void {
    this.#joiners = appended(this.#joiners, waiter);
  }

  addEndListener(listener: () => void): void {
    this.#endListeners = appended(this.#endListeners, listener);
  }

  /** An error object counts once, whoever throws it on; two tasks that throw equal primitives have failed twice. */
  addError(error: unknown): void {
    if (isObject(error) && this.isRethrown(error)) return;
    this.errors = appended(this.errors, error);
    this.#known?.add(error);
  }

  /** Whether the body, which gets its children's errors thrown, throws one of them on. */
  isRethrown(error: unknown): boolean {
    if (this.errors === undefined) return false;
    if (this.errors.length < FEW) return this.errors.includes(error);
    this.#known ??= new Set(this.errors);
    return this.#known.has(error);
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
    for (const joiner of joiners ?? NONE) settleJoiner(task, joiner);
    for (const listener of this.#endListeners ?? NONE) listener();
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

const FEW = 16;
const NONE: readonly never[] = [];

/** @internal What a task fails with: its own errors, and those of its children that nobody else got. */
export function errorsOf(
  extras: TaskExtras | undefined,
  family: TaskFamily | undefined,
): readonly unknown[] | undefined {
  const own = extras?.errors;
  const unobserved = family?.unobservedErrors();
  return unobserved === undefined ? own : [...(own ?? []), ...unobserved];
}

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** @internal `list` with `item` at its end; a new one if there was none. */
export function appended<T>(list: T[] | undefined, item: T): T[] {
  if (list === undefined) return [item];
  list.push(item);
  return list;
}
