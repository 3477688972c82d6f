/// <reference lib="esnext.disposable" preserve="true" />
import type { Coroutine, LoopEvent } from '@escapement/core';

/** What can be written: bytes, a string (as UTF-8), or several pieces of bytes, in order. */
export type Writing = Uint8Array | string | readonly Uint8Array[];

/**
 * A stream of bytes in both directions, over a socket, a pipe, memory or anything else. One task can read and one can write at
 * a time; for a second one, `BusyError` is thrown.
 *
 * `E` are the events that a loop must handle for it. Code that is generic in `E` works with every stream, and TypeScript infers
 * the events of the stream that is passed to it.
 *
 * A read or write that waits throws `ClosedError` if the stream is closed, and the error of the transport if that fails. A
 * cancelled read leaves the received bytes for the next one; a cancelled write may have written a part.
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
   * Reads the bytes that are there, at least one; waits if there are none. The caller owns them: they are never overwritten.
   * @returns undefined at the end
   * @example while ((bytes = yield* stream.read()) !== undefined) total += bytes.length;
   */
  read(): Coroutine<Uint8Array | undefined, E>;

  /**
   * Reads exactly `count` bytes.
   * @throws UnexpectedEndError if fewer bytes come before the end; they can still be read
   */
  readExactly(count: number): Coroutine<Uint8Array, E>;

  /**
   * Reads the next line as UTF-8, without its line ending (LF or CR LF). The last line may have none.
   * @param longest its maximum length in bytes, by default 65,536
   * @returns undefined at the end
   * @throws LineTooLongError; the line can still be read
   */
  readLine(longest?: number): Coroutine<string | undefined, E>;

  /**
   * Writes all of `data`, and waits while there is no room (back-pressure). Do not change the bytes until it returns.
   */
  write(data: Writing): Coroutine<void, E>;

  /** Its name in errors: `TCP stream to 127.0.0.1:80`. */
  describe(): string;

  readonly isClosed: boolean;

  /** Closes the stream. Call it at any time, any number of times. Tasks that wait for the stream get a `ClosedError`. */
  close(): void;
}
