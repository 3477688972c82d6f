import type { CoreEvent, Coroutine, Duration } from '@escapement/core';
import { PosixError, Shutdown, type SocketAddress, send, shutdown } from '@escapement/posix';
import { type Sleep, TimeoutError, timeout } from '@escapement/sleep';
import { EndpointStream, type StreamEvent } from './endpoint-stream.js';

/** A connection: a stream whose halves can be ended apart. */
export abstract class SocketStream extends EndpointStream {
  /** Whom it is connected to, or was; of a socket that others connected, asked late, PosixError (ENOTCONN) or ClosedError. */
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

  /**
   * Closes it so that the peer gets all that was written, though it may still be sending: ends the outgoing half, and
   * drops what comes until the peer has ended, too, or failed. TCP resets a connection that is closed with bytes unread, and
   * a reset overtakes them.
   * @param patience how long the peer may take, in milliseconds
   * @example yield* stream.write('-ERR I refuse to read on\r\n');
   * yield* stream.hangUp();
   */
  *hangUp(patience: Duration = 1000): Coroutine<void, CoreEvent | StreamEvent | Sleep> {
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

  /** @internal `write` would send a signal where a process wants to hear of those. */
  protected override sendBytes(fd: number, bytes: Uint8Array): number {
    return send(fd, bytes);
  }
}
