import { EventHandler } from '../extension-points/event-handler.js';
import { SelfServedEvent } from '../tasks/self-served-event.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';

/** @internal Leaves all to the event. Every loop has it. */
export class SelfServedHandler extends EventHandler<SelfServedEvent> {
  // Its `kind` is no literal type, because each of its subclasses has one.
  override readonly handles = SelfServedEvent as never;

  override arm(event: SelfServedEvent, waiter: Waiter<unknown>): void {
    event.arm(waiter);
  }

  override disarm(event: SelfServedEvent, waiter: Waiter<unknown>): void {
    event.disarm(waiter);
  }

  override interrupt(event: SelfServedEvent, waiter: Waiter<unknown>): boolean {
    return event.interrupt(waiter);
  }

  override startsWhenCancelled(event: SelfServedEvent): boolean {
    return event.startsWhenCancelled();
  }

  override blockers(event: SelfServedEvent): Iterable<Task> {
    return event.blockers();
  }
}
