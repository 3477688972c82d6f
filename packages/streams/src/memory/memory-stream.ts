import type { Pause } from '@escapement/core';
import type { Sleep } from '@escapement/sleep';
import { BufferedStream } from '../buffered-stream.js';
import { ClosedError, StreamResetError } from '../errors.js';
import { MemoryReady } from './gate.js';
import { Link } from './link.js';
import { checkedLink, type LinkOptions } from './link-options.js';
import { seeded } from './seeded.js';

/** The events that a stream in memory waits for: a `MemoryStream` is a `ByteStream<MemoryEvent>`. Its delays are sleeps. */
export type MemoryEvent = MemoryReady | Sleep | Pause;

/**
 * One end of a connection in memory: a `ByteStream` like any other, whose bytes travel on the loop's clock. Under virtual time,
 * hours of it take milliseconds, and the same program with the same seed does the same. Made by `memoryPair`, which has an
 * example.
 */
export class MemoryStream extends BufferedStream<MemoryReady | Sleep> {
  readonly #incoming: Link;
  readonly #outgoing: Link;
  readonly #name: string;
  #isClosed = false;
  #hasEnded = false;
  protected override readonly readable: MemoryReady;
  protected override readonly writable: MemoryReady;

  /** @internal */
  constructor(incoming: Link, outgoing: Link, name: string) {
    super();
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#name = name;
    this.readable = new MemoryReady(incoming.readable, name);
    this.writable = new MemoryReady(outgoing.writable, name);
  }

  override get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Ends the outgoing half: the peer reads the end after the last byte, and may go on sending.
   * @throws ClosedError
   */
  end(): void {
    if (this.#isClosed) throw new ClosedError('ended', this.describe());
    this.#hasEnded = true;
    this.#outgoing.end();
  }

  /**
   * The connection fails now: both ends get `error` from every wait and call. Bytes that have arrived can still be read, those on
   * the way are lost. Call it at any moment, also from host code.
   *
   * @param error default: a `StreamResetError`
   * @example stream.fail(new PosixError('read', 'ETIMEDOUT'));
   */
  fail(error: unknown = new StreamResetError(this.describe())): void {
    this.#incoming.fail(error);
    this.#outgoing.fail(error);
  }

  /** Closes it. What was written still arrives. The peer gets the end, and `StreamResetError` if it writes. */
  override close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#outgoing.writerClosed();
    this.#incoming.readerClosed();
  }

  override describe(): string {
    return this.#name;
  }

  protected override receive(): Uint8Array | undefined {
    return this.#incoming.receive();
  }

  protected override send(pieces: readonly Uint8Array[]): number {
    if (this.#hasEnded) throw new ClosedError('wrote to', `the ended half of ${this.describe()}`);
    return this.#outgoing.send(pieces);
  }
}

/**
 * The two ends of a connection in memory. What one writes the other reads, as the options say: late, slowly, in pieces, or with
 * faults. Needs a loop with `MemoryHandler` and a handler for `Sleep`.
 *
 * @param there how bytes travel from the first to the second
 * @param back how they travel from the second to the first; as `there` if left out
 * @throws InvalidArgumentError, InvalidCountError for wrong options
 * @example
 * const [client, server] = memoryPair({ latency: [5, 20], fragmented: true });
 * yield* spawn(handle(server));
 * yield* client.write('PING\r\n');
 * console.log(yield* client.readLine());
 */
export function memoryPair(there: LinkOptions = {}, back: LinkOptions = there): [MemoryStream, MemoryStream] {
  const random = seeded(1);
  const links = [checkedLink('memoryPair', there, random), checkedLink('memoryPair', back, random)] as const;
  return namedPair(...links, 'memory stream', 'memory stream');
}

type CheckedLink = Required<LinkOptions>;

/** @internal */
export function namedPair(
  there: CheckedLink,
  back: CheckedLink,
  left: string,
  right: string,
): [MemoryStream, MemoryStream] {
  const [outgoing, incoming] = [new Link(there, left), new Link(back, right)];
  return [new MemoryStream(incoming, outgoing, left), new MemoryStream(outgoing, incoming, right)];
}
