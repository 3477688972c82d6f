import { EventHandler, type Waiter } from '@escapement/core';
import { SyncEvent } from './sync-event.js';

/** Serves all events of this package: each knows whom to ask. The waits themselves are kept in the locks and queues. */
export class SyncHandler extends EventHandler<SyncEvent> {
  static override readonly name: string = 'SyncHandler';
  override readonly handles = SyncEvent;

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    event.enter(waiter);
  }

  override disarm(event: SyncEvent): void {
    event.leave();
  }
}
