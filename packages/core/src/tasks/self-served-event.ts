import type { LoopEvent } from '../events/loop-event.js';
import { type Answer, ImmediateEvent } from './immediate-event.js';
import type { Task } from './task.js';
import type { Waiter } from './waiter.js';

/**
 * An event that needs no handler: it knows itself how to wait. For events that only wait for what coroutines of the same
 * program do, or for other events, as a join and `select` do: so a program that yields them needs no module. What an
 * outside world has to settle, by a poll or a wakeup, needs an `EventHandler`. The methods mean what they mean there.
 *
 * @example
 * class Opened extends SelfServedEvent<void> {
 *   override readonly kind = 'opened';
 *   constructor(readonly door: Door) { super(); }
 *   override arm(waiter: Waiter<void>) { this.door.waiting.add(waiter); }
 *   override disarm() { this.door.waiting.abandoned(); }
 * }
 */
export abstract class SelfServedEvent<out R = unknown> extends ImmediateEvent<R> {
  /** A brand: it serves itself. The field does not exist. */
  protected declare readonly _isSelfServed: true;

  /** By default it always has to wait. */
  override attempt(_task: Task | undefined): Answer<R> | undefined {
    return undefined;
  }

  /** A task waits: settle `waiter` once, now or later. */
  abstract arm(waiter: Waiter<unknown>): void;

  /** The wait was abandoned: forget `waiter`. */
  abstract disarm(waiter: Waiter<unknown>): void;

  /** The waiting task was cancelled. Return false if the wait must go on until you settle `waiter`. */
  interrupt(_waiter: Waiter<unknown>): boolean {
    return true;
  }

  /** Whether a task that is cancelled already may start to wait. */
  startsWhenCancelled(): boolean {
    return false;
  }

  /** The tasks of which one must act for this to happen, for reports of deadlocks. */
  blockers(): Iterable<Task> {
    return [];
  }
}

/**
 * Asks the handler of `event` whether `task`, which is cancelled, may start to wait for it. For an event that waits for others:
 * their handlers then know that this wait does not come.
 *
 * @example override startsWhenCancelled() { return startsWhenCancelled(runningTask()!, this.inner); }
 */
export function startsWhenCancelled(task: Task, event: LoopEvent): boolean {
  return task.host.startsWhenCancelled(event);
}
