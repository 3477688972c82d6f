import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Coroutine } from '@escapement/core';
import { InvalidAddressError, type IpAddress } from '@escapement/posix';
import { type Lookup, lookup } from './lookup.js';

/** @internal The addresses of a host; a name is looked up. @throws NameLookupError */
export function* addressesOf(host: string, port: number): Coroutine<readonly IpAddress[], Lookup> {
  const literal = literalAddress(host, port);
  if (literal !== undefined) return [literal];
  const found = yield* lookup(host);
  return found.map(({ family, host }) => ({ family, host, port }));
}

/** @internal @throws InvalidAddressError for a name */
export function ipAddressOf(host: string, port: number): IpAddress {
  const address = literalAddress(host, port);
  if (address === undefined) {
    throw new InvalidAddressError(`'${host}' is no IP address. Take 127.0.0.1, 0.0.0.0, ::, or what lookup() says.`);
  }
  return address;
}

function literalAddress(host: string, port: number): IpAddress | undefined {
  const version = isIP(host);
  if (version === 0) return undefined;
  if (version === 4) return { family: 'ipv4', host, port };
  const [address = '', zone] = host.split('%');
  return { family: 'ipv6', host: address, port, ...(zone !== undefined && { scope: scopeOf(zone) }) };
}

/** The zone of a link-local address (`fe80::1%eth0`) is the name of an interface, or its number. */
function scopeOf(zone: string): number {
  const number = Number(zone);
  if (Number.isInteger(number)) return number;
  const scope = networkInterfaces()[zone]?.find(({ scopeid }) => scopeid)?.scopeid;
  if (scope === undefined) throw new InvalidAddressError(`'${zone}' is no interface of this machine with IPv6`);
  return scope;
}
