import { LoopEvent } from '@escapement/core';

/** An address that a name stands for. */
export interface LookedUp {
  readonly family: 'ipv4' | 'ipv6';
  readonly host: string;
}

/** Waits for the addresses of a host name; in the order in which to try them, one at least. */
export class Lookup extends LoopEvent<readonly LookedUp[]> {
  static override readonly name: string = 'Lookup';
  override readonly kind = 'lookup';

  constructor(readonly host: string) {
    super();
  }
}

/**
 * Looks up a host name with the system's resolver (`node:dns`), which needs a strategy that lets the host run.
 *
 * At the `yield*`: `NameLookupError`, where there is no such name, and under strategies that spin or block.
 *
 * @example const [first] = yield* lookup('localhost');
 */
export function lookup(host: string): Lookup {
  return new Lookup(host);
}
