/// <reference lib="esnext.disposable" preserve="true" />
import type { Coroutine, LoopEvent } from '@escapement/core';

/** What can be written: bytes, text (as UTF-8), or several pieces of bytes, which go out one after another. */
export type Writing = Uint8Array | string | readonly Uint8Array[];

/**
 * Bytes that come in and go out, whatever carries them: a socket, a pipe, memory. One task may read and one may write at a
 * time; a second one gets `BusyError`.
 *
 * `E` is what a loop must handle for it. Code that leaves `E` open works with every stream, and what calls it still knows
 * the events of the stream that it gave.
 *
 * All that waits ends with `ClosedError` when the stream is closed, and with the error of what carries the bytes when that
 * fails. Cancelled, a read leaves what came for the next one; a write may have written a part.
 *
 * @example
 * function* lineCount<E extends LoopEvent>(stream: ByteStream<E>) {
 *   let count = 0;
 *   while ((yield* stream.readLine()) !== undefined) count++;
 *   return count;
 * }
 */
export interface ByteStream<E extends LoopEvent> extends Disposable {
  /**
   * The bytes that are there, at least one; waits for some if there are none. They are yours: nobody overwrites them.
   * @returns undefined at the end
   * @example while ((bytes = yield* stream.read()) !== undefined) total += bytes.length;
   */
  read(): Coroutine<Uint8Array | undefined, E>;

  /**
   * Exactly `count` bytes.
   * @throws UnexpectedEndError if there are fewer until the end; they can still be read
   */
  readExactly(count: number): Coroutine<Uint8Array, E>;

  /**
   * The next line, without its end (LF or CR LF), as UTF-8. The last one may have none.
   * @param longest how many bytes it may have, 65,536 if left out
   * @returns undefined at the end
   * @throws LineTooLongError; the line can still be read
   */
  readLine(longest?: number): Coroutine<string | undefined, E>;

  /**
   * Writes all of it, and waits while there is no room: a slow reader slows its writer down. Bytes must not change until
   * it is done.
   */
  write(data: Writing): Coroutine<void, E>;

  /** What messages call it: `TCP stream to 127.0.0.1:80`. */
  describe(): string;

  readonly isClosed: boolean;

  /** Closes it, at any moment and any number of times. Tasks that wait for it get `ClosedError`. */
  close(): void;
}
