/// <reference lib="esnext.disposable" preserve="true" />
import { type Coroutine, type Instant, type Now, now } from '@escapement/core';
import { type Sleep, sleepUntil } from '@escapement/sleep';
import { ClosedError } from '../errors.js';
import { Gate, MemoryReady } from './gate.js';
import { checkedLink, type LinkOptions, latencyOf } from './link-options.js';
import { type MemoryStream, namedPair } from './memory-stream.js';
import { seeded } from './seeded.js';

interface Arrival {
  readonly stream: MemoryStream;
  readonly due: Instant;
}

/**
 * Listens in memory: `connect` makes a pair and gives its other end to `accept`. For servers under test, which `serve` of
 * `@escapement/net` runs as it runs those over sockets. Any number of tasks may connect and accept.
 *
 * @example
 * const listener = new MemoryListener({ latency: 20 });
 * yield* spawn(serve(listener, handle));
 * using client = yield* listener.connect();
 */
export class MemoryListener implements Disposable {
  readonly #there: Required<LinkOptions>;
  readonly #back: Required<LinkOptions>;
  readonly #arrivals: Arrival[] = [];
  readonly #gate = new Gate('a connection to', () => this.#nextArrival());
  readonly #ready = new MemoryReady(this.#gate, this.describe());
  #isClosed = false;

  /**
   * @param there how bytes travel from each client to the server
   * @param back how they travel from the server to the client; as `there` if left out
   * @throws InvalidArgumentError, InvalidCountError for wrong options
   */
  constructor(there: LinkOptions = {}, back: LinkOptions = there) {
    const random = seeded(1);
    this.#there = checkedLink('new MemoryListener', there, random);
    this.#back = checkedLink('new MemoryListener', back, random);
  }

  /**
   * Connects, after a latency of both ways. A connect that is cancelled closes its end.
   * @throws ClosedError
   * @example using client = yield* listener.connect();
   */
  *connect(): Coroutine<MemoryStream, Now | Sleep> {
    const present = yield* now();
    this.#assertOpen('connected to');
    const [client, server] = namedPair(this.#there, this.#back, 'memory client', 'memory server');
    const due = present + latencyOf(this.#there);
    const later = this.#arrivals.findIndex(arrival => arrival.due > due);
    this.#arrivals.splice(later < 0 ? this.#arrivals.length : later, 0, { stream: server, due });
    this.#gate.changed();
    try {
      const answered = due + latencyOf(this.#back);
      if (answered > present) yield* sleepUntil(answered);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /**
   * Waits for the next connection; the caller has to close it.
   * @throws ClosedError, also if the listener is closed during the wait
   * @example using stream = yield* listener.accept();
   */
  *accept(): Coroutine<MemoryStream, Now | MemoryReady | Sleep> {
    for (;;) {
      this.#assertOpen('accepted from');
      if (this.#nextArrival() <= (yield* now())) return this.#arrivals.shift()!.stream;
      yield* this.#ready;
    }
  }

  /** Whether `close` was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Ends every wait of `accept` with `ClosedError`, and closes the connections that were not accepted. */
  close(): void {
    this.#isClosed = true;
    for (const { stream } of this.#arrivals.splice(0)) stream.close();
    this.#gate.changed();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Its name in messages. */
  describe(): string {
    return 'memory listener';
  }

  #nextArrival(): Instant {
    return this.#isClosed ? -Infinity : (this.#arrivals[0]?.due ?? Infinity);
  }

  #assertOpen(action: string): void {
    if (this.#isClosed) throw new ClosedError(action, this.describe());
  }
}
