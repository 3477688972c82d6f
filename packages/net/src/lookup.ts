import { LoopEvent } from '@escapement/core';

/** An address of a host name. */
export interface LookedUp {
  /** Which of the two kinds of address it is. */
  readonly family: 'ipv4' | 'ipv6';
  /** The address in numbers, which need no further look-up. */
  readonly host: string;
}

/** Waits for the addresses of a host name: at least one, in the order in which to try them. */
export class Lookup extends LoopEvent<readonly LookedUp[]> {
  static override readonly name: string = 'Lookup';
  static override readonly servedBy: string = 'netModule of @escapement/net';
  override readonly kind = 'lookup';

  constructor(readonly host: string) {
    super();
  }
}

/**
 * Looks up a host name with the system's resolver (`node:dns`), which needs a strategy that lets the host run.
 *
 * Throws `NameLookupError` at the `yield*` if the name is not found, and under a strategy that spins, blocks or jumps.
 *
 * @example const [first] = yield* lookup('localhost');
 */
export function lookup(host: string): Lookup {
  return new Lookup(host);
}
