import { EventHandler, type Waiter } from '@escapement/core';
import { SyncEvent } from './sync-event.js';

/** Handles all events of this package. Each lock or queue keeps its own waiters. */
export class SyncHandler extends EventHandler<SyncEvent> {
  static override readonly name: string = 'SyncHandler';
  override readonly handles = SyncEvent;

  override arm(event: SyncEvent, waiter: Waiter<unknown>): void {
    event.enqueue(waiter);
  }

  override disarm(event: SyncEvent): void {
    event.abandoned();
  }
}
