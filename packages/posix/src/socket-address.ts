import { hasLoneSurrogate, LARGEST_INT, shown } from './check.js';
import { libcFunction } from './library.js';
import { AddressFamily } from './socket-constants.js';

/** An IPv4 or IPv6 address with its port. */
export interface IpAddress {
  /** The version of the protocol. */
  readonly family: 'ipv4' | 'ipv6';
  /** `127.0.0.1`, `::1`; a host name has to be resolved first. */
  readonly host: string;
  /** From 0 to 65535; for `bind`, 0 lets the system choose. */
  readonly port: number;
  /** Of a link-local IPv6 address: the number of the network interface. */
  readonly scope?: number;
}

/**
 * A path in the file system. A path that begins with NUL is a name in Linux's abstract namespace; an empty one belongs to a
 * socket that is not bound.
 */
export interface UnixAddress {
  /** On this machine only. */
  readonly family: 'unix';
  /** A file, or with NUL as its first character a name in Linux's abstract namespace. */
  readonly path: string;
}

/** An address of any kind; `family` tells which. */
export type SocketAddress = IpAddress | UnixAddress;

/**
 * `127.0.0.1:80`, `[::1]:80`, `/run/socket`. @throws InvalidAddressError for something else
 * @example console.log(`listening on ${formatAddress(localAddress(fd))}`);
 */
export function formatAddress(address: SocketAddress): string {
  checkFamily(address);
  if (address.family === 'unix') {
    checkPath(address.path);
    return address.path.replaceAll('\0', '@') || '(unnamed)';
  }
  const { family, host, port } = address;
  if (typeof host !== 'string') throw new InvalidAddressError(`the host is ${shown(host)}, expected an address`);
  checkPort(port);
  return family === 'ipv6' ? `[${host}]:${port}` : `${host}:${port}`;
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
  checkFamily(address);
  bytes.fill(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setUint16(0, AddressFamily[address.family], true);
  if (address.family === 'unix') return encodePath(address.path, bytes);
  const { family, host, port, scope = 0 } = address;
  checkPort(port);
  view.setUint16(2, port);
  const isIpv4 = family === 'ipv4';
  const into = bytes.subarray(isIpv4 ? 4 : 8);
  const isText = typeof host === 'string' && !host.includes('\0');
  if (!isText || cPton(AddressFamily[family], host, into) !== 1) {
    const given = isText ? `'${host.slice(0, 100)}'` : shown(host);
    throw new InvalidAddressError(`${given} is not an ${isIpv4 ? 'IPv4' : 'IPv6'} address. Resolve a host name first.`);
  }
  if (isIpv4) return 16;
  checkWithin('the scope', scope, 0, LARGEST_INT, '0: none');
  view.setUint32(24, scope, true);
  return 28;
}

function encodePath(path: string, bytes: Uint8Array): number {
  checkPath(path);
  const { read, written } = new TextEncoder().encodeInto(path, bytes.subarray(PATH_OFFSET, PATH_OFFSET + LONGEST_PATH));
  if (read < path.length) {
    throw new InvalidAddressError(
      `the path '${path.slice(0, LONGEST_PATH)}' is longer than ${LONGEST_PATH} bytes, the limit for a socket`,
    );
  }
  if (hasLoneSurrogate(path)) {
    throw new InvalidAddressError(
      `the path ${JSON.stringify(path)} contains half a surrogate pair, for which UTF-8 has no bytes`,
    );
  }
  const isAbstract = path.startsWith('\0');
  if (!isAbstract && path.includes('\0'))
    throw new InvalidAddressError(
      `the path ${JSON.stringify(path)} contains a NUL, which is allowed only at its beginning`,
    );
  // The length says where an abstract name ends; a path ends with NUL.
  return PATH_OFFSET + written + (isAbstract || path === '' ? 0 : 1);
}

/** @internal @throws InvalidAddressError */
export function checkPort(port: number): void {
  checkWithin('the port', port, 0, 65535, '0: any free port');
}

function checkWithin(what: string, value: number, least: number, most: number, meaning: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new InvalidAddressError(
    `${what} is ${shown(value)}, expected a whole number from ${least} to ${most} (${meaning})`,
  );
}

function checkPath(path: string): void {
  if (typeof path !== 'string') throw new InvalidAddressError(`the path is ${shown(path)}, expected a string`);
}

function checkFamily(address: SocketAddress): void {
  const family = familyOf(address);
  if (typeof family === 'string' && Object.hasOwn(AddressFamily, family)) return;
  throw new InvalidAddressError(
    `the address is ${shown(address)}, expected { family: 'ipv4' or 'ipv6', host, port } or { family: 'unix', path }`,
  );
}

function familyOf(address: unknown): unknown {
  try {
    return (address as SocketAddress).family;
  } catch {
    // `null`, `undefined`, a revoked proxy.
    return undefined;
  }
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
