/** The numbers of Linux, the same on x64 and arm64. */

/** @internal */
export const AddressFamily = { unix: 1, ipv4: 2, ipv6: 10 } as const;

/** A stream of bytes (TCP), or single messages (UDP). */
export type SocketKind = 'stream' | 'datagram';
/** @internal */
export const SocketType: Readonly<Record<SocketKind, number>> = { stream: 1, datagram: 2 };
/** @internal Or-ed into the type. */
export const SOCK_NONBLOCK = 0o4000;
/** @internal */
export const SOCK_CLOEXEC = 0o2000000;
/** @internal For `send`: fail with EPIPE instead of raising a signal. */
export const MSG_NOSIGNAL = 0x4000;

const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;
const IPPROTO_IPV6 = 41;

/** Socket options whose value is a whole number: the level and the name. */
export const SocketOption = {
  reuseAddress: [SOL_SOCKET, 2],
  error: [SOL_SOCKET, 4],
  broadcast: [SOL_SOCKET, 6],
  sendBuffer: [SOL_SOCKET, 7],
  receiveBuffer: [SOL_SOCKET, 8],
  keepAlive: [SOL_SOCKET, 9],
  reusePort: [SOL_SOCKET, 15],
  noDelay: [IPPROTO_TCP, 1],
  /** Seconds of silence before the first probe. */
  keepIdle: [IPPROTO_TCP, 4],
  keepInterval: [IPPROTO_TCP, 5],
  keepCount: [IPPROTO_TCP, 6],
  ipv6Only: [IPPROTO_IPV6, 26],
} as const satisfies Record<string, readonly [level: number, name: number]>;

/** Which halves of a connection to end. */
export const Shutdown = { read: 0, write: 1, both: 2 } as const;
