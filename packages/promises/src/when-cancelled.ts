import { checkArgument, describe, InvalidArgumentError } from '@escapement/core';

/** What a wait for an operation of the host does when its task is cancelled. */
export type WhenCancelled =
  /** It goes on until the operation has ended, so that nothing of the operation runs on behind the task. */
  | 'wait'
  /** It ends at once. The operation runs on, and what becomes of it is dropped. */
  | 'abandon';

/** The options of `resolved` and `abortable`. */
export interface CancelOptions {
  /** What the wait does when its task is cancelled. Default: `'abandon'` for `resolved`, `'wait'` for `abortable`. */
  readonly whenCancelled?: WhenCancelled;
}

/** @internal @throws InvalidArgumentError */
export function checkWhenCancelled(caller: string, options: CancelOptions, byDefault: WhenCancelled): WhenCancelled {
  const { whenCancelled = byDefault } = checkArgument(
    caller,
    options,
    'object',
    "options like { whenCancelled: 'wait' }",
  );
  if (whenCancelled === 'wait' || whenCancelled === 'abandon') return whenCancelled;
  const fault = `${caller} got ${describe(whenCancelled)} as \`whenCancelled\`, expected 'wait' or 'abandon'.`;
  throw new InvalidArgumentError('ESC_INVALID_OPTION', fault);
}
