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
  socket,
  WOULD_BLOCK,
} from '@escapement/posix';
import { type HostAndPort, ipAddressOf } from './host.js';
import { OwnedDescriptor } from './owned-descriptor.js';

export interface UdpOptions {
  /** An address of this machine: `127.0.0.1` if left out. */
  readonly host?: string;
  /** 0, or left out: any free one; `socket.address.port` tells which. */
  readonly port?: number;
  /** Whether it may send to broadcast addresses. */
  readonly broadcast?: boolean;
}

export interface Datagram {
  readonly bytes: Uint8Array;
  readonly from: IpAddress;
}

/** No datagram is longer. One buffer for all: what came is copied out before anybody else can receive. */
const scratch = new Uint8Array(65_536);
/** The system has nearly always room: after so many others get their turn. */
const MOST_SENDS_IN_A_ROW = 32;

/** Sends and receives datagrams, which may get lost on their way, arrive twice, or in another order. */
export class UdpSocket extends OwnedDescriptor {
  readonly address: IpAddress;
  #sendsInARow = 0;

  private constructor(fd: number) {
    super(fd);
    this.address = localAddress(fd) as IpAddress;
  }

  /** @throws PosixError (EADDRINUSE), InvalidAddressError */
  static open({ host = '127.0.0.1', port = 0, broadcast = false }: UdpOptions = {}): UdpSocket {
    const address = ipAddressOf({ host, port });
    const fd = socket(address.family, 'datagram');
    try {
      if (broadcast) setOption(fd, SocketOption.broadcast, 1);
      bind(fd, address);
      return new UdpSocket(fd);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  /** The next datagram; several tasks may wait for one. @throws ClosedError, PosixError */
  *receive(): Coroutine<Datagram, Readable> {
    for (;;) {
      this.openFd('received from');
      yield* this.whenReadable('received from');
      const count = receiveFrom(this.openFd('received from'), scratch);
      if (count === WOULD_BLOCK) continue;
      return { from: senderAddress() as IpAddress, bytes: scratch.slice(0, count) };
    }
  }

  /** Sends a datagram, and waits while there is no room. @throws PosixError (EMSGSIZE), InvalidAddressError, ClosedError */
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
