import { type Answer, ImmediateEvent } from './immediate-event.js';
import type { Task } from './task.js';

/** The event of `task.join()`. */
export class Join<out T = unknown> extends ImmediateEvent<T> {
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

  override toString(): string {
    return `Join(task "${this.task.name}")`;
  }
}
