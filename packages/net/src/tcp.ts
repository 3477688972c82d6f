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
} from '@escapement/posix';
import type { SleepFor } from '@escapement/sleep';
import { checkOption, checkOptions, invalid, shown } from './check-options.js';
import { connectedSocket } from './connect.js';
import { addressesOf, type HostAndPort, ipAddressOf } from './host.js';
import { ipSocket } from './ip-socket.js';
import { Listener } from './listener.js';
import type { Lookup } from './lookup.js';
import { SocketStream } from './socket-stream.js';

/** Where to listen, and how. */
export interface TcpListenOptions {
  /** An address of this machine; `127.0.0.1` if left out. `0.0.0.0`: all IPv4 addresses; `::`: all IPv4 and IPv6 addresses. */
  readonly host?: string;
  /** Of an IPv6 address: no IPv4. If left out, `::` takes both, whatever the system's default is. */
  readonly ipv6Only?: boolean;
  /** 0, or left out: any free port; it is in `listener.address.port`. */
  readonly port?: number;
  /** How many connections the system keeps until they are accepted; 1,024 if left out. */
  readonly backlog?: number;
  /** Lets several processes listen on one port; the system distributes the connections. */
  readonly reusePort?: boolean;
}

/** Where to connect to, and how. */
export interface TcpConnectOptions extends Omit<HostAndPort, 'host'> {
  /** An address, or a name, which needs a strategy that lets the host run; `127.0.0.1` if left out. */
  readonly host?: string;
}

/** With `family`, so that an address can be passed. */
const PLACE = { port: 'any', host: 'any', family: 'any' } as const;
const LISTEN_OPTIONS = { ...PLACE, backlog: 'any', reusePort: 'boolean', ipv6Only: 'boolean' } as const;
const CONNECT_OPTIONS = { ...PLACE, scope: 'any' } as const;
const KEEP_ALIVE_OPTIONS = { idle: 'any', interval: 'any', count: 'any' } as const;
/** The limits of the system. */
const MOST_SECONDS = 32_767;
const MOST_PROBES = 127;

/** When to probe a silent peer. */
export interface KeepAliveOptions {
  /** Seconds of silence before the first probe; 60 if left out. */
  readonly idle?: number;
  /** Seconds between probes; 10 if left out. */
  readonly interval?: number;
  /** How many unanswered probes end the connection: then reads throw ETIMEDOUT. 5 if left out. */
  readonly count?: number;
}

/**
 * A TCP connection. Small writes are sent at once (TCP_NODELAY), unless you call `setNoDelay(false)`.
 * @example
 * using stream = yield* TcpStream.connect({ host: 'localhost', port: 7000 });
 * yield* stream.write('ping');
 * const answer = yield* stream.readLine();
 */
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
   *   InvalidAddressError, InvalidArgumentError
   * @example const stream = yield* TcpStream.connect({ host: '127.0.0.1', port: 80 });
   */
  static *connect(options: TcpConnectOptions): Coroutine<TcpStream, Lookup | Writable | SleepFor> {
    checkOptions('TcpStream.connect', options, CONNECT_OPTIONS);
    const { host = '127.0.0.1', port, scope } = options;
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
    if (typeof isOn !== 'boolean') throw invalid(`setNoDelay got ${shown(isOn)}, expected a boolean.`);
    setOption(this.openFd('set an option of'), SocketOption.noDelay, isOn ? 1 : 0);
  }

  /** Probes a silent peer, to notice one that disappeared without closing. @throws InvalidArgumentError */
  setKeepAlive(options: KeepAliveOptions = {}): void {
    checkOptions('setKeepAlive', options, KEEP_ALIVE_OPTIONS);
    const { idle = 60, interval = 10, count = 5 } = options;
    checkOption('setKeepAlive', 'idle', idle, 1, MOST_SECONDS);
    checkOption('setKeepAlive', 'interval', interval, 1, MOST_SECONDS);
    checkOption('setKeepAlive', 'count', count, 1, MOST_PROBES);
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

/**
 * Listens for TCP connections.
 * @example
 * const listener = TcpListener.listen({ port: 7000 });
 * yield* listener.serve(function* (stream) { yield* stream.write('hello'); });
 */
export class TcpListener extends Listener<TcpStream> {
  /** Where it listens. With port 0 in the options, the system has chosen the port. */
  readonly address: IpAddress;

  private constructor(fd: number) {
    super(fd);
    this.address = localAddress(fd) as IpAddress;
  }

  /**
   * @throws PosixError (EADDRINUSE, EACCES, EADDRNOTAVAIL), InvalidAddressError, InvalidArgumentError
   * @example using listener = TcpListener.listen({ port: 8080 });
   */
  static listen(options: TcpListenOptions = {}): TcpListener {
    checkOptions('TcpListener.listen', options, LISTEN_OPTIONS);
    const { host = '127.0.0.1', port = 0, backlog = 1024, reusePort = false, ipv6Only = false } = options;
    const address = ipAddressOf({ host, port });
    const fd = ipSocket(address, 'stream', ipv6Only);
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
