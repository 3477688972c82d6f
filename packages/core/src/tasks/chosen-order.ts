import type { Task } from './task.js';

/**
 * The order in which `task` should try `count` things that could all happen next, as the scheduling policy chooses: the
 * numbers from 0 to `count - 1`. Undefined if the policy chooses nothing: take them in order. See `SchedulingPolicy.choose`.
 *
 * @example const order = chosenOrder(task, branches.length) ?? branches.keys();
 */
export function chosenOrder(task: Task, count: number): readonly number[] | undefined {
  return orderChosenBy(task.host, count);
}

/** @internal Who asks the policy, or knows that it chooses nothing. */
export interface Chooser {
  readonly chooses: boolean;
  choose(count: number): number;
}

/** @internal */
export function orderChosenBy(chooser: Chooser, count: number): readonly number[] | undefined {
  if (!chooser.chooses) return undefined;
  const order = Array.from({ length: count }, (_, index) => index);
  // Fisher and Yates: each place gets one of those that are left.
  for (let place = 0; place < count - 1; place++) {
    const chosen = place + chooser.choose(count - place);
    [order[place], order[chosen]] = [order[chosen]!, order[place]!];
  }
  return order;
}
