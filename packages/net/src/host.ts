import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Coroutine } from '@escapement/core';
import { InvalidAddressError, type IpAddress } from '@escapement/posix';
import { isReadable, shown } from './check-options.js';
import { type Lookup, lookup } from './lookup.js';

/** A destination: an address or a host name, and a port. */
export interface HostAndPort {
  /** A name that is looked up, or an address: `localhost`, `127.0.0.1`, `::1`. */
  readonly host: string;
  /** From 0 to 65535. */
  readonly port: number;
  /** Of a link-local IPv6 address: the number of the network interface. Or write `fe80::1%eth0` as `host`. */
  readonly scope?: number | undefined;
}

/** @internal The addresses of a host; looks up a name. @throws NameLookupError, InvalidAddressError */
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
      `'${where.host.slice(0, 255)}' is not an IP address. Use 127.0.0.1, 0.0.0.0, ::, or a result of lookup().`,
    );
  }
  return address;
}

function literalAddress(where: HostAndPort): IpAddress | undefined {
  if (typeof where !== 'object' || !isReadable(where))
    throw new InvalidAddressError(`the address is ${shown(where)}, expected { host, port }`);
  const { host, port, scope } = where;
  if (typeof host !== 'string')
    throw new InvalidAddressError(`host is ${shown(host)}, expected a string: an address or a name`);
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
  const interfaces = networkInterfaces();
  const addresses = Object.hasOwn(interfaces, zone) ? interfaces[zone] : undefined;
  const scope = addresses?.find(({ scopeid }) => scopeid)?.scopeid;
  if (scope === undefined)
    throw new InvalidAddressError(`'${zone}' is not a network interface of this machine with IPv6`);
  return scope;
}
