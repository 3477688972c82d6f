import type { Yieldable } from '../events/coroutine.js';
import type { LoopEvent } from '../events/loop-event.js';
import type { Body } from './claim-coroutine.js';
import type { Task } from './task.js';
import type { Waiter } from './waiter.js';

/** @internal A coroutine that waits for one that it called. */
export interface Frame {
  readonly coroutine: Body;
  /** Of the called one. */
  readonly callee: string;
}

/** @internal What only a few tasks have: the many that do without take a hundred bytes less. */
export class TaskExtras {
  priority = 0;
  /** Whether anybody was told of its failure. */
  isObserved = false;
  errors: unknown[] | undefined = undefined;
  joiners: Waiter<unknown>[] | undefined = undefined;
  endListeners: (() => void)[] | undefined = undefined;
  cancelListeners: Set<(reason: unknown) => void> | undefined = undefined;
  frames: Frame[] | undefined = undefined;
  cleanups: Yieldable<unknown, LoopEvent>[] | undefined = undefined;
  childEnded: ((child: Task) => void) | undefined = undefined;

  forgetListeners(): void {
    this.joiners = undefined;
    this.endListeners = undefined;
    this.cancelListeners = undefined;
  }

  /** Gives back what the listeners threw. */
  tellCancelListeners(reason: unknown): unknown[] {
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
