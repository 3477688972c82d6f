import { EventHandler, type Waiter } from '@escapement/core';
import { SyncEvent } from './sync-event.js';

/** Serves all events of this package: each knows whom to ask. The waits themselves are kept in the locks and queues. */
export class SyncHandler extends EventHandler<SyncEvent> {
  static override readonly name: string = 'SyncHandler';
  override readonly handles = SyncEvent;

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    try {
      // Again, for who wrote `yield` instead of `yield*` and has not tried yet.
      const atOnce = event.attempt(waiter.task);
      if (atOnce === undefined) event.enter(waiter);
      else waiter.resolve(atOnce.value);
    } catch (refusal) {
      waiter.reject(refusal);
    }
  }

  override disarm(event: SyncEvent): void {
    event.leave();
  }
}
