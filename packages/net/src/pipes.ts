import { fstatSync } from 'node:fs';
import { type Pause, pause, type Yieldable } from '@escapement/core';
import type { Readable } from '@escapement/io';
import { OpenFlags, open, PollEvents, PollList, pipe, WOULD_BLOCK, write } from '@escapement/posix';
import { invalid, shown } from './check-options.js';
import { EndpointStream } from './endpoint-stream.js';

/** If a pipe is writable, a write of so many bytes does not block (PIPE_BUF); a socket takes more. */
const SURELY_TAKEN = 4096;

/** The most bytes of one send: with a fast reader it could go on without end, and no other task would run. */
const MOST_AT_ONCE = 65_536;

const list = new PollList(1);

/**
 * A stream on any open descriptor: an end of a pipe, a FIFO, a terminal, a serial line.
 * See `openPipe`, `openReader` and `stdin`, which make one.
 */
export class DescriptorStream extends EndpointStream {
  readonly #name: string;

  /**
   * The descriptor may be a blocking one, if no one else reads from it or writes to it (for a terminal use `stdout` or
   * `openWriter`).
   *
   * @param fd closed with the stream
   * @param name its name in messages
   * @throws InvalidDescriptorError, InvalidArgumentError: then the descriptor is still open, and the caller's
   */
  constructor(fd: number, name?: string) {
    super(fd);
    if (name !== undefined && typeof name !== 'string') {
      throw invalid(`DescriptorStream got ${shown(name)} as its name, expected a string.`);
    }
    this.#name = name ?? `descriptor ${fd}`;
  }

  override describe(): string {
    return this.#name;
  }

  /** @internal Writes only as many bytes as surely fit, because the descriptor may be a blocking one. */
  protected override sendBytes(fd: number, bytes: Uint8Array): number {
    const most = Math.min(bytes.length, MOST_AT_ONCE);
    let count = 0;
    while (count < most && isWritable(fd)) {
      const taken = write(fd, bytes.subarray(count, Math.min(count + SURELY_TAKEN, most)));
      if (taken === WOULD_BLOCK) break;
      count += taken;
    }
    return count;
  }

  /** @internal */
  protected override sendPieces(fd: number, pieces: readonly Uint8Array[]): number {
    const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
    return this.sendBytes(fd, Buffer.concat(pieces, Math.min(size, MOST_AT_ONCE)));
  }
}

/**
 * The system announces the end of a FIFO only to those who had it open while a writer did. Who opens it after the last writer
 * has closed still gets the bytes, and must then read once more to learn of the end.
 */
class FifoReader extends DescriptorStream {
  #readsOn = false;

  protected override get readable(): Yieldable<unknown, Readable | Pause> {
    return this.#readsOn ? pause() : super.readable;
  }

  protected override receive(): Uint8Array | undefined {
    const bytes = super.receive();
    this.#readsOn = bytes !== undefined && bytes.length > 0;
    return bytes;
  }
}

function isWritable(fd: number): boolean {
  list.clear();
  list.add(fd, PollEvents.writable);
  return list.poll(0) > 0;
}

/**
 * Makes a pipe: bytes that are written to `writer` are read from `reader`, which reads the end after `writer` is closed.
 * @throws PosixError (EMFILE)
 * @example
 * const { reader, writer } = openPipe();
 * yield* writer.write('ping');
 * writer.close();
 * yield* reader.readLine(); // 'ping'
 */
export function openPipe(): { readonly reader: DescriptorStream; readonly writer: DescriptorStream } {
  const { reader, writer } = pipe();
  return { reader: new DescriptorStream(reader, 'pipe'), writer: new DescriptorStream(writer, 'pipe') };
}

/**
 * Opens a FIFO, a device or a file to read from. A FIFO waits for its first writer, and ends when its last writer closes. To
 * lose no bytes of the next writer, open the FIFO again before you close this stream.
 * @throws PosixError
 * @example using lines = openReader('/tmp/commands'); // made by `mkfifo /tmp/commands`
 */
export function openReader(path: string): DescriptorStream {
  const fd = open(path, OpenFlags.read);
  return fstatSync(fd).isFIFO() ? new FifoReader(fd, path) : new DescriptorStream(fd, path);
}

/**
 * Opens a FIFO or a device to write to.
 * @throws PosixError (ENXIO: no process has the FIFO open for reading)
 * @example
 * using commands = openWriter('/tmp/commands');
 * yield* commands.write('stop\
 * ');
 */
export function openWriter(path: string): DescriptorStream {
  return new DescriptorStream(open(path, OpenFlags.write), path);
}
