import { EventHandler, type Task, type Waiter } from '@escapement/core';
import { SyncEvent } from './sync-event.js';

/** Handles all events of this package. Each lock or queue keeps its own waiters. */
export class SyncHandler extends EventHandler<SyncEvent> {
  static override readonly name: string = 'SyncHandler';
  override readonly handles = SyncEvent;
  /** The wait that ends because its task was cancelled, until `disarm`, which comes next and cannot tell that any more. */
  #cancelled: Waiter<unknown> | undefined;

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    event.enqueue(waiter);
  }

  override interrupt(_event: SyncEvent, waiter: Waiter<unknown>): boolean {
    this.#cancelled = waiter.task?.isCancelled ? waiter : undefined;
    return true;
  }

  override disarm(event: SyncEvent, waiter: Waiter<unknown>): void {
    const isCancelled = waiter === this.#cancelled;
    this.#cancelled = undefined;
    event.abandoned();
    if (isCancelled) event.cancelled();
  }

  override blockers(event: SyncEvent): Iterable<Task> {
    return event.blockers();
  }

  /** Asked when a cancelled task would have to wait. */
  override startsWhenCancelled(event: SyncEvent): boolean {
    event.cancelled();
    return false;
  }
}
