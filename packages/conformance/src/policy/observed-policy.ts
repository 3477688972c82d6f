import { describe, SchedulingPolicy, type Task } from '@escapement/core';
import { LawBrokenError } from '../laws/errors.js';

/** What went into a policy and has not come out, and in which order. */
export class ReadyModel {
  /** In the order in which they were added. */
  readonly ready: Task[] = [];
  /** Called with each task that comes out, before it leaves `ready`. */
  onNext: (task: Task) => void = () => {};
  // Only the identity counts, and a task that has ended must not be kept.
  readonly #known = new WeakSet<Task>();

  added(task: Task): void {
    this.ready.push(task);
    this.#known.add(task);
  }

  /** @throws LawBrokenError unless `returned` is a task that was added and has not come out since */
  cameOut(returned: unknown): void {
    const index = this.ready.indexOf(returned as Task);
    if (index >= 0) {
      this.onNext(returned as Task);
      this.ready.splice(index, 1);
      return;
    }
    if (returned === undefined) {
      if (this.ready.length > 0) throw new LawBrokenError(lost(this.ready));
      return;
    }
    const isTask = typeof returned === 'object' && returned !== null;
    if (isTask && this.#known.has(returned as Task)) {
      throw new LawBrokenError(`next() returned task "${(returned as Task).name}" twice, and it was added once`);
    }
    const name = isTask && 'isEnded' in returned ? `task "${(returned as Task).name}"` : describe(returned);
    throw new LawBrokenError(`next() returned ${name}, which was never added in this run`);
  }
}

function lost(ready: readonly Task[]): string {
  const shown = ready.slice(0, 3).map(({ name, isCancelled }) => `"${name}"${isCancelled ? ', cancelled' : ''}`);
  const more = ready.length > shown.length ? ', ...' : '';
  return `next() returned undefined, and lost ${ready.length} tasks that are ready: ${shown.join('; ')}${more}`;
}

/** Stands in front of a policy in a loop. A proxy, so that it overrides what the policy does. */
export function observedPolicy(policy: SchedulingPolicy, model: ReadyModel): SchedulingPolicy {
  const instead: Partial<SchedulingPolicy> = {
    add(task, cause) {
      model.added(task);
      policy.add(task, cause);
    },
    next() {
      const next = policy.next();
      model.cameOut(next);
      return next;
    },
  };
  return new Proxy(policy, {
    get(_, name: keyof SchedulingPolicy) {
      if (name === 'add' || name === 'next') return instead[name];
      const value: unknown = policy[name];
      const isHook = name === 'stepStarted' || name === 'stepEnded' || name === 'taskEnded';
      // What is not overridden must stay itself: the loop compares.
      return isHook && value !== SchedulingPolicy.prototype[name] ? (value as () => void).bind(policy) : value;
    },
  });
}
