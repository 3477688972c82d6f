import { Shutdown, type SocketAddress, send, shutdown } from '@escapement/posix';
import { ByteStream } from './byte-stream.js';

/** A connection: a stream whose halves can be ended apart. */
export abstract class SocketStream extends ByteStream {
  /** Whom it is connected to. @throws PosixError (ENOTCONN) once that is gone, ClosedError */
  abstract get remote(): SocketAddress;

  /** Where it is bound to here. */
  abstract get local(): SocketAddress;

  /**
   * Ends the outgoing half: the peer reads the end once it has read all, and may go on sending.
   * @throws PosixError (ENOTCONN) if the connection is gone, ClosedError
   */
  end(): void {
    shutdown(this.openFd('ended'), Shutdown.write);
  }

  /** @internal `write` would send a signal where a process wants to hear of those. */
  protected override send(fd: number, bytes: Uint8Array): number {
    return send(fd, bytes);
  }
}
