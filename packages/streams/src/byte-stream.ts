/// <reference lib="esnext.disposable" preserve="true" />
import type { Coroutine, LoopEvent } from '@escapement/core';

/** What `write` accepts: bytes, text (sent as UTF-8), or an array of byte pieces, which are sent one after another. */
export type Writing = Uint8Array | string | readonly Uint8Array[];

/**
 * A stream of bytes in both directions, over a socket, a pipe or memory. One task may read and one may write at a time; a
 * second one gets `BusyError`.
 *
 * `E` are the events that the loop must handle. Code that is generic in `E` works with every stream, and its caller still has
 * the events of the given stream in its type.
 *
 * A wait ends with `ClosedError` when the stream is closed, and with the error of the connection when that fails. A read that
 * is cancelled leaves its bytes to the next one; a write that is cancelled may have written a part.
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
   * Waits for bytes and returns those that are there, at least one. They are never overwritten.
   * @returns undefined at the end
   * @example while ((bytes = yield* stream.read()) !== undefined) total += bytes.length;
   */
  read(): Coroutine<Uint8Array | undefined, E>;

  /**
   * Waits for exactly `count` bytes, a gibibyte at most.
   * @throws InvalidCountError; TooManyBytesError; UnexpectedEndError if the stream ends before that; the bytes that came can still be read
   */
  readExactly(count: number): Coroutine<Uint8Array, E>;

  /**
   * Waits for the next line and returns it as UTF-8 text, without its LF or CR LF. The last line may end without one.
   * @param longest the most bytes of the line; 65,536 if left out, `Infinity`: no limit
   * @returns undefined at the end
   * @throws InvalidCountError; LineTooLongError: the line can still be read
   */
  readLine(longest?: number): Coroutine<string | undefined, E>;

  /**
   * Writes all of `data`, and waits while there is no room (back-pressure). The bytes must not change until it returns.
   */
  write(data: Writing): Coroutine<void, E>;

  /** Its name in messages: `TCP stream to 127.0.0.1:80`. */
  describe(): string;

  /** Whether `close` was called. Then every wait throws. */
  readonly isClosed: boolean;

  /** Closes it. May be called at any moment, any number of times. Tasks that wait for it get `ClosedError`. */
  close(): void;
}
