import { OpenFlags, open, pipe } from '@escapement/posix';
import { ByteStream } from './byte-stream.js';

/** A stream on a descriptor that somebody else opened: an end of a pipe, a FIFO, a terminal, a serial line. */
export class DescriptorStream extends ByteStream {
  readonly #name: string;

  /**
   * Reads work with descriptors that block, too, if nobody else reads from them; writes would block the loop.
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

/** The standard input of the process. Use it, or `process.stdin`, but not both. Closing it closes it for the process. */
export function stdin(): DescriptorStream {
  return new DescriptorStream(0, 'stdin');
}
