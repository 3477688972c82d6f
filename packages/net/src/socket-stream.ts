import type { CoreEvent, Coroutine, Duration } from '@escapement/core';
import { PosixError, Shutdown, type SocketAddress, send, shutdown } from '@escapement/posix';
import { type Sleep, TimeoutError, timeout } from '@escapement/sleep';
import { invalid, shown } from './check-options.js';
import { EndpointStream, type StreamEvent } from './endpoint-stream.js';

/**
 * A connection: a stream whose outgoing half can be ended on its own.
 * See `TcpStream` and `UnixStream`.
 */
export abstract class SocketStream extends EndpointStream {
  /**
   * The address of the peer, also after the connection has ended.
   * @throws PosixError (ENOTCONN), ClosedError: only if the address is not known yet, because other code connected the socket
   */
  abstract get remote(): SocketAddress;

  /** The local address that it is bound to. */
  abstract get local(): SocketAddress;

  /**
   * Ends the outgoing half: the peer reads the end after the last byte, and may go on sending.
   * @throws PosixError (ENOTCONN) if the connection is gone, ClosedError
   */
  end(): void {
    shutdown(this.openFd('ended'), Shutdown.write);
  }

  /**
   * Closes the stream so that the peer gets everything that was written, even if the peer is still sending. Ends the outgoing
   * half, then reads and drops bytes until the peer has ended its half or failed. A plain close with unread bytes makes TCP
   * reset the connection, and the peer loses bytes that it has not read yet.
   * @param patience how long the peer may take, in milliseconds
   * @throws InvalidArgumentError, and nothing has happened
   * @example yield* stream.write('-ERR I refuse to read on\r\n');
   * yield* stream.hangUp();
   */
  *hangUp(patience: Duration = 1000): Coroutine<void, CoreEvent | StreamEvent | Sleep> {
    if (typeof patience !== 'number' || !(patience >= 0)) {
      throw invalid(`hangUp got ${shown(patience)} as its patience, expected milliseconds, 0 or more.`);
    }
    try {
      this.end();
      yield* timeout(patience, this.#drain());
    } catch (error) {
      if (!(error instanceof PosixError || error instanceof TimeoutError)) throw error;
    } finally {
      this.close();
    }
  }

  *#drain(): Coroutine<void, StreamEvent> {
    while ((yield* this.read()) !== undefined);
  }

  /** @internal `write` would raise SIGPIPE in a process that listens for it. */
  protected override sendBytes(fd: number, bytes: Uint8Array): number {
    return send(fd, bytes);
  }
}
