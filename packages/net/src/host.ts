import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Coroutine } from '@escapement/core';
import { InvalidAddressError, type IpAddress } from '@escapement/posix';
import { type Lookup, lookup } from './lookup.js';

/** Where to: an address or a name, and a port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
  /** IPv6: the number of the interface, for link-local addresses; or write `fe80::1%eth0`. */
  readonly scope?: number | undefined;
}

/** @internal The addresses of a host; a name is looked up. @throws NameLookupError, InvalidAddressError */
export function* addressesOf(where: HostAndPort): Coroutine<readonly IpAddress[], Lookup> {
  const literal = literalAddress(where);
  if (literal !== undefined) return [literal];
  const found = yield* lookup(where.host);
  return found.map(({ family, host }) => ({ family, host, port: where.port }));
}

/** @internal @throws InvalidAddressError for a name */
export function ipAddressOf(where: HostAndPort): IpAddress {
  const address = literalAddress(where);
  if (address === undefined) {
    throw new InvalidAddressError(
      `'${where.host}' is no IP address. Take 127.0.0.1, 0.0.0.0, ::, or what lookup() says.`,
    );
  }
  return address;
}

function literalAddress({ host, port, scope }: HostAndPort): IpAddress | undefined {
  if (typeof host !== 'string')
    throw new InvalidAddressError(`host ${String(host)} is no text, expected an address or a name`);
  const version = isIP(host);
  if (version === 0) return undefined;
  if (version === 4) return { family: 'ipv4', host, port };
  const [address = '', zone] = host.split('%');
  const number = zone === undefined ? scope : scopeOf(zone);
  return { family: 'ipv6', host: address, port, ...(number !== undefined && { scope: number }) };
}

/** The zone of a link-local address (`fe80::1%eth0`) is the name of an interface, or its number. */
function scopeOf(zone: string): number {
  const number = Number(zone);
  if (Number.isInteger(number)) return number;
  const scope = networkInterfaces()[zone]?.find(({ scopeid }) => scopeid)?.scopeid;
  if (scope === undefined) throw new InvalidAddressError(`'${zone}' is no interface of this machine with IPv6`);
  return scope;
}
