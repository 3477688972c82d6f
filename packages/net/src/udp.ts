import { type Coroutine, type Pause, pause } from '@escapement/core';
import type { Readable, Writable } from '@escapement/io';
import {
  bind,
  close,
  formatAddress,
  type IpAddress,
  localAddress,
  receiveFrom,
  SocketOption,
  senderAddress,
  sendTo,
  setOption,
  WOULD_BLOCK,
} from '@escapement/posix';
import { checkOptions } from './check-options.js';
import { type HostAndPort, ipAddressOf } from './host.js';
import { ipSocket } from './ip-socket.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/** Where to bind a socket, and how. */
export interface UdpOptions {
  /** An address of this machine: `127.0.0.1` if left out. */
  readonly host?: string;
  /** 0, or left out: any free port; it is in `socket.address.port`. */
  readonly port?: number;
  /** Whether it may send to broadcast addresses. */
  readonly broadcast?: boolean;
  /** Of an IPv6 address: no IPv4. If left out, `::` takes both, whatever the system's default is. */
  readonly ipv6Only?: boolean;
}

/** With `family`, so that an address can be passed. */
const OPTIONS = { port: 'any', host: 'any', family: 'any', broadcast: 'boolean', ipv6Only: 'boolean' } as const;

/** What `receive` evaluates to. */
export interface Datagram {
  /** Its content; empty for an empty datagram. */
  readonly bytes: Uint8Array;
  /** Where an answer goes. */
  readonly from: IpAddress;
}

/** No datagram is longer. All sockets share the buffer: the bytes are copied before another task can receive. */
const scratch = new Uint8Array(65_536);
/** After so many sends without a wait, `send` pauses: the system nearly always has room, and other tasks would not run. */
const MOST_SENDS_IN_A_ROW = 32;

/**
 * Sends and receives datagrams. A datagram may get lost, arrive twice, or arrive out of order.
 * @example
 * using socket = UdpSocket.open();
 * yield* socket.send('ping', { host: '127.0.0.1', port: 7000 });
 * const { bytes, from } = yield* socket.receive();
 */
export class UdpSocket extends OwnedDescriptor {
  /** Where it receives. With port 0 in the options, the system has chosen the port. */
  readonly address: IpAddress;
  #sendsInARow = 0;

  private constructor(fd: number) {
    super(fd);
    this.address = localAddress(fd) as IpAddress;
  }

  /** @throws PosixError (EADDRINUSE), InvalidAddressError, InvalidArgumentError */
  static open(options: UdpOptions = {}): UdpSocket {
    checkOptions('UdpSocket.open', options, OPTIONS);
    const { host = '127.0.0.1', port = 0, broadcast = false, ipv6Only = false } = options;
    const address = ipAddressOf({ host, port });
    const fd = ipSocket(address, 'datagram', ipv6Only);
    try {
      if (broadcast) setOption(fd, SocketOption.broadcast, 1);
      bind(fd, address);
      return new UdpSocket(fd);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** Waits for the next datagram; several tasks may wait at a time. @throws ClosedError, PosixError */
  *receive(): Coroutine<Datagram, Readable> {
    for (;;) {
      this.openFd('received from');
      yield* this.whenReadable('received from');
      const count = receiveFrom(this.openFd('received from'), scratch);
      if (count === WOULD_BLOCK) continue;
      return { from: senderAddress() as IpAddress, bytes: scratch.slice(0, count) };
    }
  }

  /**
   * Sends a datagram; waits while the system has no room.
   * @param bytes a string is sent as UTF-8
   * @throws PosixError (EMSGSIZE), InvalidAddressError, ClosedError; InvalidCallError for other views and buffers
   */
  *send(bytes: Uint8Array | string, to: HostAndPort): Coroutine<void, Writable | Pause> {
    const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const address = ipAddressOf(to);
    if (++this.#sendsInARow > MOST_SENDS_IN_A_ROW) {
      this.#sendsInARow = 0;
      yield* pause();
    }
    while (sendTo(this.openFd('sent to'), data, address) === WOULD_BLOCK) {
      this.#sendsInARow = 0;
      yield* this.whenWritable('sent to');
    }
  }

  override describe(): string {
    return `UDP socket ${formatAddress(this.address)}`;
  }
}
