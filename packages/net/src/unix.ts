import type { Coroutine } from '@escapement/core';
import type { Writable } from '@escapement/io';
import {
  bind,
  close,
  formatAddress,
  listen,
  localAddress,
  peerAddress,
  socket,
  type UnixAddress,
} from '@escapement/posix';
import type { SleepFor } from '@escapement/sleep';
import { checkOptions } from './check-options.js';
import { connectedSocket } from './connect.js';
import { Listener } from './listener.js';
import { SocketFile } from './socket-file.js';
import { SocketStream } from './socket-stream.js';

/**
 * A connection on this machine, by a path. A path that begins with NUL is a name in Linux's abstract namespace.
 * @example using stream = yield* UnixStream.connect('/tmp/service');
 */
export class UnixStream extends SocketStream {
  /**
   * @throws PosixError (ENOENT or ECONNREFUSED: no server listens there; EACCES), InvalidAddressError
   * @example const stream = yield* UnixStream.connect('/run/app.sock');
   */
  static *connect(path: string): Coroutine<UnixStream, Writable | SleepFor> {
    return new UnixStream(yield* connectedSocket({ family: 'unix', path }));
  }

  get remote(): UnixAddress {
    return peerAddress(this.openFd('asked for the peer of')) as UnixAddress;
  }

  get local(): UnixAddress {
    return localAddress(this.openFd('asked for the address of')) as UnixAddress;
  }

  override describe(): string {
    return 'Unix stream';
  }
}

/** How to listen. */
export interface UnixListenOptions {
  /** How many connections the system keeps until they are accepted; 1,024 if left out. */
  readonly backlog?: number;
}

/**
 * Listens on a path. It makes the file, and removes it at its close, unless the file belongs to another listener by then.
 * @example yield* UnixListener.listen('/tmp/service').serve(function* (stream) { yield* stream.write('hello'); });
 */
export class UnixListener extends Listener<UnixStream> {
  /** The path that it listens on. */
  readonly address: UnixAddress;
  readonly #file: SocketFile | undefined;

  private constructor(fd: number, file: SocketFile | undefined) {
    super(fd);
    this.address = localAddress(fd) as UnixAddress;
    this.#file = file;
  }

  /**
   * @param path empty: any free name in the abstract namespace; it is in `listener.address.path`
   * @throws PosixError (EADDRINUSE: the path exists, perhaps left by a server that crashed: then remove it; EACCES),
   *   InvalidAddressError, InvalidArgumentError
   */
  static listen(path: string, options: UnixListenOptions = {}): UnixListener {
    checkOptions('UnixListener.listen', options, { backlog: 'any' });
    const { backlog = 1024 } = options;
    const fd = socket('unix');
    let file: SocketFile | undefined;
    try {
      bind(fd, { family: 'unix', path });
      file = SocketFile.at(path);
      listen(fd, backlog);
      return new UnixListener(fd, file);
    } catch (error) {
      close(fd);
      file?.remove();
      throw error;
    }
  }

  override close(): void {
    if (this.isClosed) return;
    try {
      super.close();
    } finally {
      // After the close, which frees a descriptor that `remove` needs.
      this.#file?.remove();
    }
  }

  override describe(): string {
    return `Unix listener ${formatAddress(this.address)}`;
  }

  /** @internal */
  protected override newStream(fd: number): UnixStream {
    return new UnixStream(fd);
  }
}
