import type { Pause, Yieldable } from '@escapement/core';
import type { Readable, Writable } from '@escapement/io';
import { PosixError, read, WOULD_BLOCK, write, writev } from '@escapement/posix';
import { BufferedStream } from '@escapement/streams';
import type { Endpoint } from './endpoint.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/** The events that a stream on a descriptor waits for: a `TcpStream` is a `ByteStream<StreamEvent>`. */
export type StreamEvent = Readable | Writable | Pause;

/** The most bytes of one read. All streams share the buffer: the bytes are copied before another task can read. */
const scratch = new Uint8Array(65_536);
const NOTHING = new Uint8Array();

/**
 * A stream on a descriptor, which it owns. If the connection fails, reads and writes throw the system's `PosixError`
 * (ECONNRESET, ETIMEDOUT; a write throws EPIPE if the peer no longer reads).
 */
export abstract class EndpointStream extends BufferedStream<StreamEvent> implements Endpoint {
  readonly #descriptor: StreamDescriptor;
  /** The system reports a failure once, and a proper end after that. A reader would take half a message for a whole one. */
  #failure: PosixError | undefined;

  /** @param fd an open descriptor; the stream owns it from now on */
  constructor(fd: number) {
    super();
    this.#descriptor = new StreamDescriptor(fd, this);
  }

  get fd(): number {
    return this.#descriptor.fd;
  }

  override get isClosed(): boolean {
    return this.#descriptor.isClosed;
  }

  override close(): void {
    this.#descriptor.close();
  }

  /** @internal @param action for the message: `read from` @throws ClosedError */
  openFd(action: string): number {
    return this.#descriptor.openFd(action);
  }

  protected override get readable(): Yieldable<unknown, Readable | Pause> {
    return this.#descriptor.readable;
  }

  protected override get writable(): Writable {
    return this.#descriptor.writable;
  }

  protected override receive(): Uint8Array | undefined {
    try {
      const count = read(this.fd, scratch);
      if (count === WOULD_BLOCK) return NOTHING;
      if (count > 0) return scratch.subarray(0, count);
    } catch (error) {
      if (error instanceof PosixError) this.#failure ??= error;
      throw error;
    }
    if (this.#failure !== undefined) throw this.#failure;
    return undefined;
  }

  protected override send(pieces: readonly Uint8Array[]): number {
    try {
      const count = pieces.length === 1 ? this.sendBytes(this.fd, pieces[0]!) : this.sendPieces(this.fd, pieces);
      return count === WOULD_BLOCK ? 0 : count;
    } catch (error) {
      // EPIPE says only that the peer no longer reads; the bytes that it sent may be complete.
      if (error instanceof PosixError && error.code !== 'EPIPE') this.#failure ??= error;
      throw error;
    }
  }

  protected override translated(error: unknown, action: string): unknown {
    return this.#descriptor.translated(error, action);
  }

  /** @internal The system call that sends bytes. */
  protected sendBytes(fd: number, bytes: Uint8Array): number {
    return write(fd, bytes);
  }

  /** @internal */
  protected sendPieces(fd: number, pieces: readonly Uint8Array[]): number {
    return writev(fd, pieces);
  }
}

class StreamDescriptor extends OwnedDescriptor {
  readonly #stream: EndpointStream;

  constructor(fd: number, stream: EndpointStream) {
    super(fd);
    this.#stream = stream;
  }

  override describe(): string {
    return this.#stream.describe();
  }
}
