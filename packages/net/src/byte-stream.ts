import { type Coroutine, InvalidArgumentError, InvalidCountError, type Pause, pause } from '@escapement/core';
import type { Readable, Writable } from '@escapement/io';
import { PosixError, read, WOULD_BLOCK, write, writev } from '@escapement/posix';
import { Endpoint } from './endpoint.js';
import { BusyError, LineTooLongError, UnexpectedEndError } from './errors.js';
import { copyOf, ReceiveBuffer } from './receive-buffer.js';

/** So much is read at once. One buffer for all: what came is copied out before anybody else can read. */
const scratch = new Uint8Array(65_536);
const LONGEST_LINE = 65_536;
/** A peer that takes all at once would keep its writer running for ever: after so many writes others get their turn. */
const MOST_WRITES_IN_A_ROW = 32;
/** The same for what can be read without waiting. */
const MOST_READS_IN_A_ROW = 64;

/** Of streams that have nothing left over, which are most of them. Nobody appends to it. */
const EMPTY = new ReceiveBuffer();

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** What can be written: bytes, text (as UTF-8), or several pieces of bytes, which the system takes in one go. */
export type Writing = Uint8Array | string | readonly Uint8Array[];

/**
 * Bytes that come in and go out. One task may read and one may write at a time; a second one gets `BusyError`.
 *
 * All that waits ends with `ClosedError` when the stream is closed, and with the system's `PosixError` when it fails
 * (ECONNRESET, EPIPE, ETIMEDOUT). Cancelled, a read leaves what came for the next one; a write may have written a part.
 */
export abstract class ByteStream extends Endpoint {
  #received = EMPTY;
  #isReading = false;
  #isWriting = false;
  #hasEnded = false;
  /** The system tells of a failure once, and of a proper end from then on: half a message would pass for a whole one. */
  #failure: PosixError | undefined;
  #readsInARow = 0;
  #writesInARow = 0;

  /**
   * The bytes that are there, at least one; waits for some if there are none.
   * @returns undefined at the end
   * @example while ((bytes = yield* stream.read()) !== undefined) total += bytes.length;
   */
  *read(): Coroutine<Uint8Array | undefined, Readable> {
    this.#claimReading();
    try {
      if (this.#received.length > 0) return this.#received.take(this.#received.length);
      if (this.#hasEnded) return undefined;
      this.#isAboutToWait();
      let count: number;
      do {
        // Waiting first saves the call that would find nothing, and works with descriptors that block, too.
        yield* this.readable;
        count = this.#readIntoScratch();
      } while (count === WOULD_BLOCK);
      return count === 0 ? undefined : copyOf(scratch.subarray(0, count));
    } catch (error) {
      throw this.translated(error, 'read from');
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Exactly `count` bytes.
   * @throws UnexpectedEndError if there are fewer until the end; they can still be read
   */
  *readExactly(count: number): Coroutine<Uint8Array, Readable | Pause> {
    this.#claimReading();
    try {
      if (!Number.isInteger(count) || count < 0) {
        throw new InvalidCountError(
          'count of readExactly',
          count,
          'a whole number of bytes, 0 or more',
          'It may be 0.',
        );
      }
      if (++this.#readsInARow > MOST_READS_IN_A_ROW) yield* this.#letOthersRun();
      while (this.#received.length < count) {
        if (!(yield* this.#receiveMore())) {
          throw new UnexpectedEndError(this.describe(), `${count}`, this.#received.length);
        }
      }
      return this.#received.take(count);
    } catch (error) {
      throw this.translated(error, 'read from');
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * The next line, without its end (LF or CR LF), as UTF-8. The last one may have none.
   * @param longest how many bytes it may have, 65,536 if left out
   * @returns undefined at the end
   * @throws LineTooLongError
   */
  *readLine(longest: number = LONGEST_LINE): Coroutine<string | undefined, Readable | Pause> {
    this.#claimReading();
    try {
      if (++this.#readsInARow > MOST_READS_IN_A_ROW) yield* this.#letOthersRun();
      let searched = 0;
      for (;;) {
        const received = this.#received;
        const end = received.indexOf(LINE_FEED, searched);
        if (lineLength(received, end) > longest) throw new LineTooLongError(this.describe(), longest);
        if (end >= 0) return this.#takeLine(end);
        searched = received.length;
        if (!(yield* this.#receiveMore())) return searched === 0 ? undefined : textOf(received.take(searched));
      }
    } catch (error) {
      throw this.translated(error, 'read from');
    } finally {
      this.#isReading = false;
    }
  }

  /**
   * Writes all of it, and waits while the system has no room: a slow reader slows its writer down.
   * @throws PosixError (EPIPE, ECONNRESET where nobody reads any more), ClosedError
   */
  *write(data: Writing): Coroutine<void, Writable | Pause> {
    this.#claimWriting();
    try {
      if (++this.#writesInARow > MOST_WRITES_IN_A_ROW) {
        this.#writesInARow = 0;
        yield* pause();
      }
      checkWriting(data);
      if (Array.isArray(data)) {
        yield* this.#writePieces(data);
      } else {
        const bytes = typeof data === 'string' ? Buffer.from(data) : (data as Uint8Array);
        const count = this.send(this.openFd('wrote to'), bytes);
        if (count < bytes.length) yield* this.#writeRest(bytes, count);
      }
    } catch (error) {
      // EPIPE says that nobody reads; what the peer has sent may be whole.
      if (error instanceof PosixError && error.code !== 'EPIPE') this.#failure ??= error;
      throw this.translated(error, 'wrote to');
    } finally {
      this.#isWriting = false;
    }
  }

  #readIntoScratch(): number {
    const fd = this.openFd('read from');
    try {
      const count = read(fd, scratch);
      if (count === 0) {
        if (this.#failure !== undefined) throw this.#failure;
        this.#hasEnded = true;
      }
      return count;
    } catch (error) {
      if (error instanceof PosixError) this.#failure ??= error;
      throw error;
    }
  }

  /** @returns false at the end */
  *#receiveMore(): Coroutine<boolean, Readable> {
    if (this.#hasEnded) return false;
    this.#isAboutToWait();
    let count: number;
    do {
      yield* this.readable;
      count = this.#readIntoScratch();
    } while (count === WOULD_BLOCK);
    if (count === 0) return false;
    if (this.#received === EMPTY) this.#received = new ReceiveBuffer();
    this.#received.append(scratch.subarray(0, count));
    return true;
  }

  #isAboutToWait(): void {
    this.#readsInARow = this.#writesInARow = 0;
  }

  *#letOthersRun(): Coroutine<void, Pause> {
    this.#readsInARow = 0;
    yield* pause();
  }

  #claimReading(): void {
    this.openFd('read from');
    if (this.#isReading) throw new BusyError('read from', this.describe());
    this.#isReading = true;
  }

  #claimWriting(): void {
    this.openFd('wrote to');
    if (this.#isWriting) throw new BusyError('wrote to', this.describe());
    this.#isWriting = true;
  }

  #takeLine(length: number): string {
    const line = this.#received.take(length);
    this.#received.skip(1);
    return textOf(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
  }

  *#writeRest(bytes: Uint8Array, begun: number): Coroutine<void, Writable> {
    let rest = bytes;
    for (let count = begun; count < rest.length; count = this.send(this.openFd('wrote to'), rest)) {
      if (count !== WOULD_BLOCK) rest = rest.subarray(count);
      this.#writesInARow = 0;
      yield* this.writable;
    }
  }

  *#writePieces(pieces: readonly Uint8Array[]): Coroutine<void, Writable> {
    let rest = pieces.filter(piece => piece.length > 0);
    while (rest.length > 0) {
      const count = this.sendPieces(this.openFd('wrote to'), rest);
      if (count !== WOULD_BLOCK) rest = without(rest, count);
      if (rest.length === 0) return;
      this.#writesInARow = 0;
      yield* this.writable;
    }
  }

  /** @internal How bytes are given to the system. */
  protected send(fd: number, bytes: Uint8Array): number {
    return write(fd, bytes);
  }

  /** @internal */
  protected sendPieces(fd: number, pieces: readonly Uint8Array[]): number {
    return writev(fd, pieces);
  }
}

function checkWriting(data: unknown): void {
  if (typeof data === 'string' || data instanceof Uint8Array) return;
  if (Array.isArray(data) && data.every(piece => piece instanceof Uint8Array)) return;
  throw new InvalidArgumentError(
    'ESC_NOT_BYTES',
    `write got ${data === null ? 'null' : typeof data}, expected a Uint8Array, several of them in an array, or a text. Of an object write JSON.stringify(...).`,
  );
}

/** Of the line that ends at `end`, or has not ended, if that is below 0: a CR at its end does not count, nor may one yet. */
function lineLength(received: ReceiveBuffer, end: number): number {
  const length = end < 0 ? received.length : end;
  return received.at(length - 1) === CARRIAGE_RETURN ? length - 1 : length;
}

function without(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const first = pieces.findIndex(piece => {
    if (piece.length > left) return true;
    left -= piece.length;
    return false;
  });
  return first < 0 ? [] : [pieces[first]!.subarray(left), ...pieces.slice(first + 1)];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
