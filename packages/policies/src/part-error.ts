import { describe, EscapementError, type SchedulingPolicy, type Task } from '@escapement/core';

/** A policy inside of `partitioned` broke its contract. It is the `cause` of the run's `PolicyError`. */
export class PartError extends EscapementError {
  static override readonly name = 'PartError';
  override readonly code = 'ESC_PART_POLICY_FAILED';

  /** @internal */
  constructor(where: 'outer' | 'inner', policy: SchedulingPolicy, returned: unknown, root: Task | undefined) {
    const whose = root === undefined ? '' : ` of part "${root.name}"`;
    const expected = root === undefined ? 'a task that it was given' : 'a ready task of the part';
    super(
      `the ${where} policy '${policy.alias}'${whose} returned ${shown(returned)} from next(), expected ${expected}.`,
    );
  }
}

function shown(returned: unknown): string {
  const name = (returned as Partial<Task> | undefined)?.name;
  return typeof name === 'string' ? `task "${name}"` : describe(returned);
}
