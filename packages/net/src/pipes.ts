import { OpenFlags, open, PollEvents, PollList, pipe, WOULD_BLOCK, write } from '@escapement/posix';
import { EndpointStream } from './endpoint-stream.js';

/** Where a pipe has room it has room for so much (PIPE_BUF); a socket for more. */
const SURELY_TAKEN = 4096;

/** The reader may be as fast: others get their turn. */
const MOST_AT_ONCE = 65_536;

const list = new PollList(1);
list.add(-1, PollEvents.writable);

/** A stream on a descriptor that somebody else opened: an end of a pipe, a FIFO, a terminal, a serial line. */
export class DescriptorStream extends EndpointStream {
  readonly #name: string;

  /**
   * It may be a descriptor that blocks, if nobody else reads from it or fills it (for a terminal: `stdout`, `openWriter`).
   *
   * @param fd is closed with the stream
   * @param name for messages
   */
  constructor(fd: number, name = `descriptor ${fd}`) {
    super(fd);
    this.#name = name;
  }

  override describe(): string {
    return this.#name;
  }

  /** @internal Gives it no more than fits: it may be one that blocks. */
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

function isWritable(fd: number): boolean {
  list.set(0, fd, PollEvents.writable);
  return list.poll(0) > 0;
}

/**
 * A pipe: what is written to one end is read from the other, which reads the end when the first is closed.
 * @throws PosixError (EMFILE)
 */
export function openPipe(): { readonly reader: DescriptorStream; readonly writer: DescriptorStream } {
  const { reader, writer } = pipe();
  return { reader: new DescriptorStream(reader, 'pipe'), writer: new DescriptorStream(writer, 'pipe') };
}

/**
 * A FIFO, device or file, to read from. A FIFO waits for its first writer, and ends with the last: to lose nothing of the
 * next one, open the FIFO again before you close this.
 * @throws PosixError
 */
export function openReader(path: string): DescriptorStream {
  return new DescriptorStream(open(path, OpenFlags.read), path);
}

/** A FIFO or device to write to. @throws PosixError (ENXIO: nobody has the FIFO open to read) */
export function openWriter(path: string): DescriptorStream {
  return new DescriptorStream(open(path, OpenFlags.write), path);
}
