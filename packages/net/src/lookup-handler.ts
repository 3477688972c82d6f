import { type LookupAddress, lookup as resolve } from 'node:dns';
import { EventHandler, SleepStrategy, type Waiter } from '@escapement/core';
import { injectable } from '@escapement/wiring';
import { type LookedUp, Lookup } from './lookup.js';
import { NameLookupError } from './name-lookup-error.js';

/** Waits for name look-ups. Node does them in threads of its own, and calls back in a turn of its own loop. */
@injectable()
export class LookupHandler extends EventHandler<Lookup> {
  static override readonly name: string = 'LookupHandler';
  override readonly handles = Lookup;
  readonly #strategy: SleepStrategy;
  readonly #waiting = new Set<Waiter<readonly LookedUp[]>>();

  /** @param strategy that of the loop: it decides whether the host runs */
  constructor(strategy: SleepStrategy) {
    super();
    this.#strategy = strategy;
  }

  override arm({ host }: Lookup, waiter: Waiter<readonly LookedUp[]>): void {
    const problem = this.#problemWith(host);
    if (problem !== undefined) {
      waiter.reject(new NameLookupError(waiter.task?.name, host, problem));
      return;
    }
    resolve(host, { all: true }, (error, addresses) => {
      // Cancelled, or from an earlier run.
      if (!this.#waiting.delete(waiter)) return;
      if (error) waiter.reject(failure(waiter, host, error));
      else if (addresses.length === 0)
        waiter.reject(new NameLookupError(waiter.task?.name, host, 'it has no address.'));
      else waiter.resolve(addresses.map(lookedUp));
    });
    this.#waiting.add(waiter);
  }

  /** The system's resolver cannot be cancelled: its answer is dropped. */
  override disarm(_event: Lookup, waiter: Waiter<readonly LookedUp[]>): void {
    this.#waiting.delete(waiter);
  }

  override inFlight(): number {
    return this.#waiting.size;
  }

  override close(): void {
    this.#waiting.clear();
  }

  #problemWith(host: string): string | undefined {
    const { alias, waits } = this.#strategy;
    // Not checked when the loop is built: programs that use only addresses work with every strategy.
    if (waits !== 'yields') {
      return `the strategy ${alias} never lets the host run, which delivers the answer. Use an address, look the name up before the loop runs (dns.promises.lookup), or use setTimeoutModule.`;
    }
    // Node returns no address for an empty name, and the resolver cuts a name at a NUL.
    if (host === '') return 'the name is empty. Leave it out for 127.0.0.1.';
    if (typeof host !== 'string') return 'it is not a string, expected a name.';
    return host.includes('\0') ? 'the name contains a NUL.' : undefined;
  }
}

function failure(waiter: Waiter<readonly LookedUp[]>, host: string, error: NodeJS.ErrnoException): NameLookupError {
  return new NameLookupError(waiter.task?.name, host, `${error.code ?? error.message}. Is the name correct?`, error);
}

function lookedUp({ address, family }: LookupAddress): LookedUp {
  return { host: address, family: family === 6 ? 'ipv6' : 'ipv4' };
}
