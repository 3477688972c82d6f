import { EventHandler } from '../extension-points/event-handler.js';
import { Join } from '../tasks/join.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';

/** @internal Tasks settle their joiners. */
export class JoinHandler extends EventHandler<Join> {
  override readonly handles = Join;

  override arm(event: Join, waiter: Waiter<unknown>): void {
    event.task.addJoiner(waiter);
  }

  override disarm(event: Join): void {
    event.task.extras.joinerLeft();
  }

  override blockers(event: Join): Iterable<Task> {
    return [event.task];
  }
}
