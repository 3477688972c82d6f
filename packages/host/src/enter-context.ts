import type { AsyncResource } from 'node:async_hooks';
import { LoopEvent } from '@escapement/core';

/** The event of `inContext()`: the task goes on in another async context. */
export class EnterContext extends LoopEvent<void> {
  override readonly kind = 'enter-context';

  /** @internal */
  constructor(
    /** @internal */
    readonly context: AsyncResource,
  ) {
    super();
  }
}
