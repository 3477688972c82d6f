import type { AsyncResource } from 'node:async_hooks';
import { LoopEvent } from '@escapement/core';

/** The event of `inContext()`: the task goes on in another async context. */
export class EnterContext extends LoopEvent<void> {
  static override readonly servedBy: string = 'asyncContextModule of @escapement/host/module';
  override readonly kind = 'enter-context';

  /** @internal */
  constructor(
    /** @internal */
    readonly context: AsyncResource,
  ) {
    super();
  }
}
