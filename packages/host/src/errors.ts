import { constants } from 'node:os';
import { EscapementError } from '@escapement/core';

/** The signals that `main` listens for. */
export type ExitSignal = 'SIGINT' | 'SIGTERM';

/** The reason of `Cancelled` when `main` cancels a program because the process got a signal. */
export class SignalError extends EscapementError {
  static override readonly name = 'SignalError';
  override readonly code = 'ESC_SIGNAL';

  /** @param signal its name */
  constructor(readonly signal: ExitSignal) {
    super(`the process got ${signal}. A second signal ends it at once, without its clean-ups.`);
  }

  /** As shells count: 128 and the number of the signal; 130 for SIGINT. */
  get exitCode(): number {
    return 128 + constants.signals[this.signal];
  }
}

/** `inContext` or `withStore` could not enter an async context. */
export class NoAsyncContextError extends EscapementError {
  static override readonly name = 'NoAsyncContextError';
  override readonly code = 'ESC_NO_ASYNC_CONTEXT';

  /** @internal */
  static ofTask(name: string): NoAsyncContextError {
    return new NoAsyncContextError(
      `task "${name}" used inContext or withStore, but has no async context. Pass the AsyncContext that is among the loop's handlers to its instruments, too.`,
    );
  }

  /** @internal */
  static notCaptured(): NoAsyncContextError {
    return new NoAsyncContextError(
      'inContext was given a function that did not call the function it got. Call that at once, inside the context: inContext(capture => context.with(traced, capture), body).',
    );
  }
}
