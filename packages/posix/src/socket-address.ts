import { libcFunction } from './library.js';
import { AddressFamily } from './socket-constants.js';

/** An IPv4 or IPv6 address with its port. */
export interface IpAddress {
  readonly family: 'ipv4' | 'ipv6';
  /** `127.0.0.1`, `::1`; a host name has to be resolved first. */
  readonly host: string;
  readonly port: number;
  /** Of a link-local IPv6 address: the number of the network interface. */
  readonly scope?: number;
}

/**
 * A path in the file system. A path that begins with NUL is a name in Linux's abstract namespace; an empty one belongs to a
 * socket that is not bound.
 */
export interface UnixAddress {
  readonly family: 'unix';
  readonly path: string;
}

export type SocketAddress = IpAddress | UnixAddress;

/** `127.0.0.1:80`, `[::1]:80`, `/run/socket`. */
export function formatAddress(address: SocketAddress): string {
  if (address.family === 'unix') return address.path.replace('\0', '@') || '(unnamed)';
  return address.family === 'ipv6' ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

const cPton = libcFunction<(family: number, text: string, into: Uint8Array) => number>(
  'int inet_pton(int family, const char *text, void *into)',
);

/** @internal The longest, a Unix path, takes 110 bytes. */
export const ADDRESS_SIZE = 128;
const LONGEST_PATH = 107;
const PATH_OFFSET = 2;

/** An address that is not valid for a socket. */
export class InvalidAddressError extends TypeError {
  readonly code = 'ESC_INVALID_ADDRESS';

  override get name(): string {
    return 'InvalidAddressError';
  }
}

/**
 * @internal Writes a `struct sockaddr` into `bytes`.
 * @returns its length
 * @throws InvalidAddressError
 */
export function encodeAddress(address: SocketAddress, bytes: Uint8Array): number {
  bytes.fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint16(0, AddressFamily[address.family], true);
  if (address.family === 'unix') return encodePath(address.path, bytes);
  checkPort(address.port);
  view.setUint16(2, address.port);
  const isIpv4 = address.family === 'ipv4';
  const into = bytes.subarray(isIpv4 ? 4 : 8);
  if (address.host.includes('\0') || cPton(AddressFamily[address.family], address.host, into) !== 1) {
    throw new InvalidAddressError(
      `'${address.host}' is not an ${isIpv4 ? 'IPv4' : 'IPv6'} address. Resolve a host name first.`,
    );
  }
  if (!isIpv4) view.setUint32(24, address.scope ?? 0, true);
  return isIpv4 ? 16 : 28;
}

function encodePath(path: string, bytes: Uint8Array): number {
  const { read, written } = new TextEncoder().encodeInto(path, bytes.subarray(PATH_OFFSET, PATH_OFFSET + LONGEST_PATH));
  if (read < path.length) {
    throw new InvalidAddressError(`the path '${path}' is longer than ${LONGEST_PATH} bytes, the limit for a socket`);
  }
  const isAbstract = path.startsWith('\0');
  if (!isAbstract && path.includes('\0'))
    throw new InvalidAddressError(
      `the path ${JSON.stringify(path)} contains a NUL, which is allowed only at its beginning`,
    );
  // The length says where an abstract name ends; a path ends with NUL.
  return PATH_OFFSET + written + (isAbstract || path === '' ? 0 : 1);
}

/** Quotes a string, because one from an environment variable looks like a number. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `the string '${value}'` : String(value);
}

function checkPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return;
  throw new InvalidAddressError(
    `the port is ${shown(port)}, expected a whole number from 0 to 65535 (0: any free port)`,
  );
}

/** @internal Reads a `struct sockaddr` of `length` bytes. */
export function decodeAddress(bytes: Uint8Array, length: number): SocketAddress {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = length < 2 ? AddressFamily.unix : view.getUint16(0, true);
  if (family === AddressFamily.ipv4) {
    return { family: 'ipv4', host: bytes.subarray(4, 8).join('.'), port: view.getUint16(2) };
  }
  if (family === AddressFamily.ipv6) {
    const scope = view.getUint32(24, true);
    return { family: 'ipv6', host: ipv6Text(view), port: view.getUint16(2), ...(scope !== 0 && { scope }) };
  }
  return { family: 'unix', path: decodePath(bytes.subarray(PATH_OFFSET, Math.max(length, PATH_OFFSET))) };
}

function decodePath(bytes: Uint8Array): string {
  const end = bytes[0] === 0 ? -1 : bytes.indexOf(0);
  // Without `ignoreBOM` a path that begins with the bytes of a byte order mark would lose them.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** The canonical text of RFC 5952. The platform's URL parser makes it, except for an IPv4 address in IPv6. */
function ipv6Text(view: DataView): string {
  const groups = Array.from({ length: 8 }, (_, n) => view.getUint16(8 + 2 * n).toString(16));
  if (groups.slice(0, 6).join() === '0,0,0,0,0,ffff') {
    return `::ffff:${[20, 21, 22, 23].map(offset => view.getUint8(offset)).join('.')}`;
  }
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
