import { ForeignTaskError } from './errors.js';
import type { Answer } from './immediate-event.js';
import { SelfServedEvent } from './self-served-event.js';
import type { Task } from './task.js';
import type { Waiter } from './waiter.js';

/** The event of `task.join()`. The task settles its joiners. */
export class Join<out T = unknown> extends SelfServedEvent<T> {
  override get kind() {
    return 'join' as const;
  }

  constructor(readonly task: Task<T>) {
    super();
  }

  override attempt(): Answer<T> | undefined {
    const { result } = this.task;
    return result.state === 'succeeded' ? { done: true, value: result.value } : undefined;
  }

  override arm(waiter: Waiter<unknown>): void {
    const { task } = this;
    const joiner = waiter.task!;
    if (task.isEnded || task.host === joiner.host) task.addJoiner(waiter);
    else waiter.reject(new ForeignTaskError(joiner.name, task.name));
  }

  override disarm(): void {
    this.task.extras.joinerLeft();
  }

  override blockers(): Iterable<Task> {
    return [this.task];
  }

  override toString(): string {
    return `Join(task "${this.task.name}")`;
  }
}
