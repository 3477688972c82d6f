import type { Coroutine } from '@escapement/core';
import type { Writable } from '@escapement/io';
import {
  bind,
  close,
  formatAddress,
  type IpAddress,
  listen,
  localAddress,
  peerAddress,
  type SocketAddress,
  SocketOption,
  setOption,
  socket,
} from '@escapement/posix';
import type { SleepFor } from '@escapement/sleep';
import { connectedSocket } from './connect.js';
import { addressesOf, type HostAndPort, ipAddressOf } from './host.js';
import { Listener } from './listener.js';
import type { Lookup } from './lookup.js';
import { SocketStream } from './socket-stream.js';

export interface TcpListenOptions {
  /** An address of this machine; `127.0.0.1` if left out. `0.0.0.0`: all IPv4 addresses; `::`: all IPv4 and IPv6 addresses. */
  readonly host?: string;
  /** 0, or left out: any free port; it is in `listener.address.port`. */
  readonly port?: number;
  /** How many connections the system keeps until they are accepted; 1,024 if left out. */
  readonly backlog?: number;
  /** Lets several processes listen on one port; the system distributes the connections. */
  readonly reusePort?: boolean;
}

export interface TcpConnectOptions extends Omit<HostAndPort, 'host'> {
  /** An address, or a name, which needs a strategy that lets the host run; `127.0.0.1` if left out. */
  readonly host?: string;
}

/** When to probe a silent peer. */
export interface KeepAliveOptions {
  /** Seconds of silence before the first probe; 60 if left out. */
  readonly idle?: number;
  /** Seconds between probes; 10 if left out. */
  readonly interval?: number;
  /** How many unanswered probes end the connection: then reads throw ETIMEDOUT. 5 if left out. */
  readonly count?: number;
}

/** A TCP connection. Small writes are sent at once (TCP_NODELAY), unless you call `setNoDelay(false)`. */
export class TcpStream extends SocketStream {
  #remote: IpAddress | undefined;

  /** @param fd a connected socket; the stream owns it from now on */
  constructor(fd: number, remote?: IpAddress) {
    super(fd);
    this.#remote = remote;
  }

  /**
   * Connects to `host`. Tries the addresses of a name one after another.
   * @throws PosixError (ECONNREFUSED, ETIMEDOUT, ENETUNREACH): that of the last address; NameLookupError,
   *   InvalidAddressError
   * @example const stream = yield* TcpStream.connect({ host: '127.0.0.1', port: 80 });
   */
  static *connect({
    host = '127.0.0.1',
    port,
    scope,
  }: TcpConnectOptions): Coroutine<TcpStream, Lookup | Writable | SleepFor> {
    const addresses = yield* addressesOf({ host, port, scope });
    for (const address of addresses.slice(0, -1)) {
      try {
        return connected(yield* connectedSocket(address), address);
      } catch (error) {
        if (!(error instanceof Error) || !('errno' in error)) throw error;
      }
    }
    const last = addresses.at(-1)!;
    return connected(yield* connectedSocket(last), last);
  }

  get remote(): IpAddress {
    this.#remote ??= peerAddress(this.openFd('asked for the peer of')) as IpAddress;
    return this.#remote;
  }

  get local(): IpAddress {
    return localAddress(this.openFd('asked for the address of')) as IpAddress;
  }

  /** Whether small writes are sent at once, or are collected first (Nagle's algorithm). */
  setNoDelay(isOn = true): void {
    setOption(this.openFd('set an option of'), SocketOption.noDelay, isOn ? 1 : 0);
  }

  /** Probes a silent peer, to notice one that disappeared without closing. */
  setKeepAlive({ idle = 60, interval = 10, count = 5 }: KeepAliveOptions = {}): void {
    const fd = this.openFd('set an option of');
    setOption(fd, SocketOption.keepAlive, 1);
    setOption(fd, SocketOption.keepIdle, idle);
    setOption(fd, SocketOption.keepInterval, interval);
    setOption(fd, SocketOption.keepCount, count);
  }

  override describe(): string {
    return `TCP stream ${this.#remote === undefined ? '' : `to ${formatAddress(this.#remote)}`}`.trimEnd();
  }
}

function connected(fd: number, address: IpAddress): TcpStream {
  const stream = new TcpStream(fd, address);
  stream.setNoDelay();
  return stream;
}

/** Listens for TCP connections. */
export class TcpListener extends Listener<TcpStream> {
  readonly address: IpAddress;

  private constructor(fd: number) {
    super(fd);
    this.address = localAddress(fd) as IpAddress;
  }

  /**
   * @throws PosixError (EADDRINUSE, EACCES, EADDRNOTAVAIL), InvalidAddressError
   * @example using listener = TcpListener.listen({ port: 8080 });
   */
  static listen({
    host = '127.0.0.1',
    port = 0,
    backlog = 1024,
    reusePort = false,
  }: TcpListenOptions = {}): TcpListener {
    const address = ipAddressOf({ host, port });
    const fd = socket(address.family);
    try {
      // Without it a restarted server could not bind while connections of the one before linger.
      setOption(fd, SocketOption.reuseAddress, 1);
      if (reusePort) setOption(fd, SocketOption.reusePort, 1);
      // Each connection inherits it on Linux, which saves a call for each.
      setOption(fd, SocketOption.noDelay, 1);
      bind(fd, address);
      listen(fd, backlog);
      return new TcpListener(fd);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  override describe(): string {
    return `TCP listener ${formatAddress(this.address)}`;
  }

  /** @internal */
  protected override newStream(fd: number, remote: SocketAddress): TcpStream {
    return new TcpStream(fd, remote as IpAddress);
  }
}
