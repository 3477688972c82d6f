import { EscapementError } from '@escapement/core';
import { ignoreErrors } from './host-sink.js';
import type { Source } from './source.js';

/** The members of Node's `Readable` that are used. */
export interface PlainReadable {
  /** Stops the `data` events. */
  pause(): unknown;
  /** Starts the `data` events. */
  resume(): unknown;
  /** Throws away what was not read. */
  destroy(error?: Error): unknown;
  /** Whether it is destroyed. */
  readonly destroyed: boolean;
  /** Whether the end was read. */
  readonly readableEnded: boolean;
  /** Adds a listener. */
  on(name: string, listener: (given: unknown) => void): unknown;
  /** Takes back a listener. */
  off(name: string, listener: (given: unknown) => void): unknown;
}

/** The host closed a stream before its end. What came can still be read. */
export class PrematureCloseError extends EscapementError {
  static override readonly name = 'PrematureCloseError';
  override readonly code = 'ESC_PREMATURE_CLOSE';

  /** @internal */
  constructor(stream: string) {
    super(`the host closed ${stream} before its end. Read all of it before it is destroyed, or catch this error.`);
  }
}

/** @internal The chunks of a `Readable`. Unlike its iterator, the end of the reading half does not destroy the other one. */
export function nodeSource<T>(stream: PlainReadable, name: string, destroysAtStop: () => boolean): Source<T> {
  return (emit, fail, end) => {
    const listeners: readonly (readonly [string, (given: unknown) => void])[] = [
      ['error', error => fail(error)],
      ['end', () => end()],
      ['close', () => fail(new PrematureCloseError(name))],
      ['data', chunk => emit(chunk as T)],
    ];
    for (const [event, listener] of listeners) stream.on(event, listener);
    if (stream.readableEnded) end();
    else if (stream.destroyed) fail(new PrematureCloseError(name));
    return {
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      stop: () => {
        for (const [event, listener] of listeners) stream.off(event, listener);
        if (stream.destroyed || !destroysAtStop()) return;
        ignoreErrors(stream);
        stream.destroy();
      },
    };
  };
}
