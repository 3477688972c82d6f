import { checkDescriptor, checkList, checkName, checkWhole, LARGEST_INT, sizeOfBytes } from './check.js';
import { lastErrno, libcFunction } from './library.js';
import { checked, EINPROGRESS, EINTR, failureOf, PosixError } from './posix-error.js';
import { ADDRESS_SIZE, decodeAddress, encodeAddress, formatAddress, type SocketAddress } from './socket-address.js';
import {
  AddressFamily,
  MSG_NOSIGNAL,
  Shutdown,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  type SocketKind,
  SocketOption,
  SocketType,
} from './socket-constants.js';
import { isInterrupted, WOULD_BLOCK } from './would-block.js';

type Addressed = (fd: number, address: Uint8Array, length: number) => number;
type Named = (fd: number, address: Uint8Array, length: Int32Array) => number;

const cSocket = libcFunction<(family: number, type: number, protocol: number) => number>(
  'int socket(int family, int type, int protocol)',
);
const cBind = libcFunction<Addressed>('int bind(int fd, const void *address, uint32 length)');
const cConnect = libcFunction<Addressed>('int connect(int fd, const void *address, uint32 length)');
const cListen = libcFunction<(fd: number, backlog: number) => number>('int listen(int fd, int backlog)');
const cAccept4 = libcFunction<(fd: number, address: Uint8Array, length: Int32Array, flags: number) => number>(
  'int accept4(int fd, void *address, void *length, int flags)',
);
const cShutdown = libcFunction<(fd: number, how: number) => number>('int shutdown(int fd, int how)');
const cGetsockname = libcFunction<Named>('int getsockname(int fd, void *address, void *length)');
const cGetpeername = libcFunction<Named>('int getpeername(int fd, void *address, void *length)');
const cSetsockopt = libcFunction<(fd: number, level: number, name: number, value: Int32Array, size: number) => number>(
  'int setsockopt(int fd, int level, int name, const void *value, uint32 size)',
);
const cGetsockopt = libcFunction<
  (fd: number, level: number, name: number, value: Int32Array, size: Int32Array) => number
>('int getsockopt(int fd, int level, int name, void *value, void *size)');
const cSend = libcFunction<(fd: number, bytes: Uint8Array, size: number, flags: number) => number>(
  'long send(int fd, const void *bytes, ulong size, int flags)',
);
const cSendto = libcFunction<
  (fd: number, bytes: Uint8Array, size: number, flags: number, address: Uint8Array, length: number) => number
>('long sendto(int fd, const void *bytes, ulong size, int flags, const void *address, uint32 length)');
const cRecvfrom = libcFunction<
  (fd: number, bytes: Uint8Array, size: number, flags: number, address: Uint8Array, length: Int32Array) => number
>('long recvfrom(int fd, void *bytes, ulong size, int flags, void *address, void *length)');

// Reused by every call: no call happens inside another.
const address = new Uint8Array(ADDRESS_SIZE);
const length = new Int32Array(1);
const option = new Int32Array(1);

/**
 * Makes a non-blocking socket.
 * @throws PosixError (EMFILE, EAFNOSUPPORT), InvalidCallError
 * @example
 * const listener = socket('ipv4');
 * bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
 * listen(listener);
 * const client = socket('ipv4');
 * connect(client, localAddress(listener)); // true, or false: wait until `client` is writable
 * send(accept(listener), new TextEncoder().encode('ping'));
 */
export function socket(family: SocketAddress['family'], kind: SocketKind = 'stream'): number {
  checkName('socket', 'the family', family, AddressFamily);
  checkName('socket', 'the kind', kind, SocketType);
  return checked(cSocket(AddressFamily[family], SocketType[kind] | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), 'socket');
}

/**
 * Gives a socket its own address: see `socket` for an example.
 * @throws PosixError (EADDRINUSE, EACCES, EADDRNOTAVAIL), InvalidAddressError, InvalidCallError
 */
export function bind(fd: number, to: SocketAddress): void {
  checkDescriptor('bind', fd);
  if (cBind(fd, address, encodeAddress(to, address)) < 0) throw failureOf('bind', formatAddress(to));
}

/**
 * @param backlog how many connections the system queues until they are accepted
 * @throws PosixError, InvalidCallError
 * @see `socket` for an example
 */
export function listen(fd: number, backlog = 1024): void {
  checkDescriptor('listen', fd);
  checkWhole('listen', 'the backlog', backlog, 0, LARGEST_INT);
  checked(cListen(fd, backlog), 'listen', fd);
}

/**
 * Accepts the next connection; `senderAddress` returns the address of its peer.
 * @returns its descriptor, which is non-blocking, or `WOULD_BLOCK`
 * @throws PosixError (EMFILE, ENFILE; ECONNABORTED: this connection was reset before it was accepted, others may wait)
 * @see `socket` for an example
 */
export function accept(fd: number): number {
  checkDescriptor('accept', fd);
  for (;;) {
    length[0] = ADDRESS_SIZE;
    const accepted = cAccept4(fd, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) return accepted;
    if (!isInterrupted('accept4', fd)) return WOULD_BLOCK;
  }
}

/**
 * Begins to connect.
 * @returns true if it is connected already; if not, wait until it is writable, then call `takeError`
 * @throws PosixError (ECONNREFUSED, ENETUNREACH; EAGAIN: the queue of a Unix listener is full), InvalidAddressError
 * @see `socket` for an example
 */
export function connect(fd: number, to: SocketAddress): boolean {
  checkDescriptor('connect', fd);
  if (cConnect(fd, address, encodeAddress(to, address)) >= 0) return true;
  const errno = lastErrno();
  // A connect that is interrupted continues in the background.
  if (errno === EINPROGRESS || errno === EINTR) return false;
  throw new PosixError(errno, 'connect', formatAddress(to));
}

/**
 * Returns the pending error of a socket, of a `connect` for instance, and clears it.
 * @throws PosixError
 * @see `socket` for an example
 */
export function takeError(fd: number, syscall: string, subject?: string): PosixError | undefined {
  const errno = getOption(fd, SocketOption.error);
  return errno === 0 ? undefined : new PosixError(errno, syscall, subject);
}

/**
 * Ends one half of a connection, or both. A read at the peer, or here, then returns the end.
 * @throws PosixError (ENOTCONN)
 * @see `socket` for an example
 */
export function shutdown(fd: number, how: number = Shutdown.both): void {
  checkDescriptor('shutdown', fd);
  checkWhole('shutdown', 'the half', how, Shutdown.read, Shutdown.both);
  checked(cShutdown(fd, how), 'shutdown', fd);
}

/**
 * The address that a socket is bound to.
 * @throws PosixError
 * @see `socket` for an example
 */
export function localAddress(fd: number): SocketAddress {
  return nameFrom(cGetsockname, 'getsockname', fd);
}

/**
 * The address of the peer of a connected socket.
 * @throws PosixError (ENOTCONN)
 * @see `socket` for an example
 */
export function peerAddress(fd: number): SocketAddress {
  return nameFrom(cGetpeername, 'getpeername', fd);
}

function nameFrom(call: Named, syscall: string, fd: number): SocketAddress {
  checkDescriptor(syscall, fd);
  length[0] = ADDRESS_SIZE;
  checked(call(fd, address, length), syscall, fd);
  return decodeAddress(address, length[0]);
}

/** @example setOption(fd, SocketOption.noDelay, 1) @throws PosixError, InvalidCallError */
export function setOption(fd: number, which: readonly [number, number], value: number): void {
  checkDescriptor('setOption', fd);
  const [level, name] = optionOf('setOption', which);
  checkWhole('setOption', 'the value', value, -LARGEST_INT - 1, LARGEST_INT);
  option[0] = value;
  checked(cSetsockopt(fd, level, name, option, 4), 'setsockopt', fd);
}

/**
 * @throws PosixError, InvalidCallError
 * @see `socket`, and `setOption` for the other way
 */
export function getOption(fd: number, which: readonly [number, number]): number {
  checkDescriptor('getOption', fd);
  const [level, name] = optionOf('getOption', which);
  length[0] = 4;
  checked(cGetsockopt(fd, level, name, option, length), 'getsockopt', fd);
  return option[0]!;
}

function optionOf(call: string, which: readonly [number, number]): readonly [number, number] {
  checkList(call, 'the option', which, 'one of SocketOption, or a level and a name.');
  const [level, name] = which;
  checkWhole(call, 'the level of the option', level, 0, LARGEST_INT);
  checkWhole(call, 'the name of the option', name, 0, LARGEST_INT);
  return [level, name];
}

/**
 * `write` on a socket. If the peer has closed, it throws EPIPE and never raises SIGPIPE, even if the process listens for it.
 * @throws PosixError (EPIPE, ECONNRESET), InvalidCallError
 * @see `socket` for an example
 */
export function send(fd: number, bytes: Uint8Array): number {
  checkDescriptor('send', fd);
  const size = sizeOfBytes('send', bytes);
  for (;;) {
    const count = cSend(fd, bytes, size, MSG_NOSIGNAL);
    if (count >= 0) return count;
    if (!isInterrupted('send', fd)) return WOULD_BLOCK;
  }
}

/**
 * Sends a datagram.
 * @returns its size, or `WOULD_BLOCK`
 * @throws PosixError (EMSGSIZE), InvalidAddressError, InvalidCallError
 * @see `socket` for an example
 */
export function sendTo(fd: number, bytes: Uint8Array, to: SocketAddress): number {
  checkDescriptor('sendTo', fd);
  const size = sizeOfBytes('sendTo', bytes);
  const addressSize = encodeAddress(to, address);
  for (;;) {
    const count = cSendto(fd, bytes, size, MSG_NOSIGNAL, address, addressSize);
    if (count >= 0) return count;
    if (!isInterrupted('sendto', fd, to)) return WOULD_BLOCK;
  }
}

/**
 * Receives a datagram; bytes that do not fit in `into` are lost. `senderAddress` returns the address of its sender.
 * @returns its size, or `WOULD_BLOCK`
 * @throws PosixError
 * @see `socket` for an example
 */
export function receiveFrom(fd: number, into: Uint8Array): number {
  checkDescriptor('receiveFrom', fd);
  const size = sizeOfBytes('receiveFrom', into);
  for (;;) {
    length[0] = ADDRESS_SIZE;
    const count = cRecvfrom(fd, into, size, 0, address, length);
    if (count >= 0) return count;
    if (!isInterrupted('recvfrom', fd)) return WOULD_BLOCK;
  }
}

/**
 * The sender of the last `receiveFrom`, or the peer of the last `accept`. Call it before any other call of this package.
 * @see `socket` for an example
 */
export function senderAddress(): SocketAddress {
  return decodeAddress(address, length[0]!);
}
