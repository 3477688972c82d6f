import type { Sent } from '../events/coroutine.js';
import { LoopEvent } from '../events/loop-event.js';
import { EventHandler } from '../extension-points/event-handler.js';
import type { Task } from '../tasks/task.js';
import { appended } from '../tasks/task-extras.js';
import type { Waiter } from '../tasks/waiter.js';

/** The event behind `task.join()`. */
export class Join<out T = unknown> extends LoopEvent<T> {
  override get kind() {
    return 'join' as const;
  }

  constructor(readonly task: Task<T>) {
    super();
  }

  /** Of a task that has succeeded there is nothing to wait for. */
  override [Symbol.iterator](): Iterator<this, T, Sent> {
    return this.task.hasSucceeded ? new Over(this.task.value) : super[Symbol.iterator]();
  }

  override toString(): string {
    return `Join(task "${this.task.name}")`;
  }
}

class Over<T> implements Iterator<never, T> {
  readonly done = true;

  constructor(readonly value: T) {}

  next(): IteratorReturnResult<T> {
    return this;
  }
}

/** @internal Tasks settle their joiners themselves, so nothing has to be polled. */
export class JoinHandler extends EventHandler<Join> {
  override readonly handles = Join;

  override arm(event: Join, waiter: Waiter<unknown>): void {
    addJoiner(event.task, waiter);
  }

  override disarm(event: Join, waiter: Waiter<unknown>): void {
    const { more } = event.task;
    more.joiners = more.joiners?.filter(joiner => joiner !== waiter);
  }

  override blockers(event: Join): Iterable<Task> {
    return [event.task];
  }
}

/** @internal */
export function addJoiner(task: Task, waiter: Waiter<unknown>): void {
  if (task.isEnded) task.tell(waiter);
  else task.more.joiners = appended(task.more.joiners, waiter);
}
