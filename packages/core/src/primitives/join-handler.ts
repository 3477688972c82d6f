import { EventHandler } from '../extension-points/event-handler.js';
import { ForeignTaskError } from '../tasks/errors.js';
import { Join } from '../tasks/join.js';
import type { Task } from '../tasks/task.js';
import type { Waiter } from '../tasks/waiter.js';

/** @internal Tasks settle their joiners. */
export class JoinHandler extends EventHandler<Join> {
  override readonly handles = Join;

  override arm({ task }: Join, waiter: Waiter<unknown>): void {
    const joiner = waiter.task!;
    if (task.isEnded || task.host === joiner.host) task.addJoiner(waiter);
    else waiter.reject(new ForeignTaskError(joiner.name, task.name));
  }

  override disarm(event: Join): void {
    event.task.extras.joinerLeft();
  }

  override blockers(event: Join): Iterable<Task> {
    return [event.task];
  }
}
