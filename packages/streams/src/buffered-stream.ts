/// <reference lib="esnext.disposable" preserve="true" />
import {
  type Coroutine,
  checkCount,
  InvalidArgumentError,
  type LoopEvent,
  type Pause,
  pause,
  type Yieldable,
} from '@escapement/core';
import type { ByteStream, Writing } from './byte-stream.js';
import { copyOf } from './copy-of.js';
import { BusyError, ClosedError, LineTooLongError, TooManyBytesError, UnexpectedEndError } from './errors.js';
import { ReceiveBuffer } from './receive-buffer.js';
import { areInScratch, decode } from './text.js';
import { batchOf, checkStillThere, isBytes, MOST_PIECES, piecesOf, without } from './writing.js';

const LONGEST_LINE = 65_536;
/** The most bytes of a `readExactly`: while they come, the buffer is up to twice as long, and no array is longer than 4 GiB. */
const MOST_EXACTLY = 2 ** 30;
/** After so many writes without a wait, `write` pauses: with a fast peer other tasks would not run. */
const MOST_WRITES_IN_A_ROW = 32;
/** The same for reads without a wait. */
const MOST_READS_IN_A_ROW = 64;

/** Shared by all streams without buffered bytes, which are most of them. It stays empty. */
const EMPTY = new ReceiveBuffer();

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * A `ByteStream` on top of two operations that never wait, `receive` and `send`, and an event for each to wait for the next
 * try. It adds lines, exact counts and complete writes, checks that there is one reader and one writer, and pauses now and then
 * if no operation has to wait.
 *
 * @typeParam E the events that the subclass waits for, without `Pause`
 */
export abstract class BufferedStream<E extends LoopEvent> implements ByteStream<E | Pause> {
  #received = EMPTY;
  #isReading = false;
  #isWriting = false;
  #hasEnded = false;
  #readsInARow = 0;
  #writesInARow = 0;

  /** Waits until `receive` has bytes, or an error. The wakeup may be spurious. */
  protected abstract readonly readable: Yieldable<unknown, E>;

  /**
   * Takes the bytes that are there. Called after `readable`, and never after the end.
   * @returns an empty array if there are none yet, undefined at the end; the next call may overwrite the bytes
   */
  protected abstract receive(): Uint8Array | undefined;

  /** Waits until `send` has room, or an error. The wakeup may be spurious. */
  protected abstract readonly writable: Yieldable<unknown, E>;

  /**
   * Sends as many bytes as there is room for. It must copy the bytes that it keeps: they may be overwritten when it returns.
   * @param pieces at least one, none of them empty
   * @returns how many bytes it has sent or copied; 0 if there is no room
   */
  protected abstract send(pieces: readonly Uint8Array[]): number;

  abstract describe(): string;

  abstract get isClosed(): boolean;

  abstract close(): void;

  [Symbol.dispose](): void {
    this.close();
  }

  *read(): Coroutine<Uint8Array | undefined, E | Pause> {
    this.#claimReading();
    try {
      if (this.#received.length > 0) return this.#received.take(this.#received.length);
      if (this.#hasEnded) return undefined;
      this.#beginWait();
      let bytes: Uint8Array | undefined;
      do {
        // Waiting first saves a useless call, and works with blocking descriptors, too.
        yield* this.readable;
        bytes = this.#receive();
      } while (bytes?.length === 0);
      return bytes && copyOf(bytes);
    } catch (error) {
      throw this.translated(error, 'read from');
    } finally {
      this.#isReading = false;
    }
  }

  *readExactly(count: number): Coroutine<Uint8Array, E | Pause> {
    this.#claimReading();
    try {
      checkCount('count of readExactly', count, 0, false, 'It is a number of bytes.');
      if (count > MOST_EXACTLY) throw new TooManyBytesError(this.describe(), count, MOST_EXACTLY);
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

  *readLine(longest: number = LONGEST_LINE): Coroutine<string | undefined, E | Pause> {
    this.#claimReading();
    try {
      checkCount('longest of readLine', longest, 0, true, 'It is a number of bytes; Infinity for no limit.');
      if (++this.#readsInARow > MOST_READS_IN_A_ROW) yield* this.#letOthersRun();
      let searched = 0;
      for (;;) {
        const received = this.#received;
        const end = received.indexOf(LINE_FEED, searched);
        if (lineLength(received, end) > longest) throw new LineTooLongError(this.describe(), longest);
        if (end >= 0) return this.#takeLine(end);
        searched = received.length;
        if (!(yield* this.#receiveMore())) return searched === 0 ? undefined : decode(received.take(searched));
      }
    } catch (error) {
      throw this.translated(error, 'read from');
    } finally {
      this.#isReading = false;
    }
  }

  *write(data: Writing): Coroutine<void, E | Pause> {
    this.#claimWriting();
    try {
      let pieces: readonly Uint8Array[] | undefined;
      for (let start = 0; pieces === undefined || start < pieces.length; start += MOST_PIECES) {
        if (++this.#writesInARow > MOST_WRITES_IN_A_ROW) {
          this.#writesInARow = 0;
          yield* pause();
        }
        // After the pause: the bytes of a text may be in the scratch buffer.
        pieces ??= piecesOf(data);
        for (let rest = batchOf(pieces, start); ; ) {
          this.#assertOpen('wrote to');
          if (rest.length > 0) rest = without(rest, this.send(rest));
          if (rest.length === 0) break;
          if (typeof data === 'string') rest = rest.map(piece => (areInScratch(piece) ? copyOf(piece) : piece));
          this.#writesInARow = 0;
          yield* this.writable;
          checkStillThere(rest);
        }
      }
    } catch (error) {
      throw this.translated(error, 'wrote to');
    } finally {
      this.#isWriting = false;
    }
  }

  /** Translates an error of a wait, `receive` or `send` before it is thrown: into `ClosedError` if a `close` caused it. */
  protected translated(error: unknown, _action: string): unknown {
    return error;
  }

  #receive(): Uint8Array | undefined {
    this.#assertOpen('read from');
    const bytes = this.receive();
    if (bytes === undefined) this.#hasEnded = true;
    else if (!isBytes(bytes)) {
      throw new InvalidArgumentError(
        'ESC_INVALID_STREAM',
        `receive of ${this.describe()} returned ${bytes === null ? 'null' : typeof bytes}, expected a Uint8Array, or undefined at the end.`,
      );
    }
    return bytes;
  }

  /** @returns false at the end */
  *#receiveMore(): Coroutine<boolean, E> {
    if (this.#hasEnded) return false;
    this.#beginWait();
    let bytes: Uint8Array | undefined;
    do {
      yield* this.readable;
      bytes = this.#receive();
    } while (bytes?.length === 0);
    if (bytes === undefined) return false;
    if (this.#received === EMPTY) this.#received = new ReceiveBuffer();
    this.#received.append(bytes);
    return true;
  }

  #beginWait(): void {
    this.#readsInARow = this.#writesInARow = 0;
  }

  *#letOthersRun(): Coroutine<void, Pause> {
    this.#readsInARow = 0;
    yield* pause();
  }

  #claimReading(): void {
    this.#assertOpen('read from');
    if (this.#isReading) throw new BusyError('read from', this.describe());
    this.#isReading = true;
  }

  #claimWriting(): void {
    this.#assertOpen('wrote to');
    if (this.#isWriting) throw new BusyError('wrote to', this.describe());
    this.#isWriting = true;
  }

  #assertOpen(action: string): void {
    if (this.isClosed) throw new ClosedError(action, this.describe());
  }

  #takeLine(length: number): string {
    const line = this.#received.take(length);
    this.#received.skip(1);
    return decode(line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line);
  }
}

/** The length of the line that ends at `end`, or of the unfinished line if `end` is below 0. A CR at its end does not count. */
function lineLength(received: ReceiveBuffer, end: number): number {
  const length = end < 0 ? received.length : end;
  return received.at(length - 1) === CARRIAGE_RETURN ? length - 1 : length;
}
