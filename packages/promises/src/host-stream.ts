import {
  type Coroutine,
  type CurrentTask,
  coroutine,
  describe,
  ensure,
  InvalidArgumentError,
  type Yieldable,
} from '@escapement/core';
import { BufferedStream, ClosedError } from '@escapement/streams';
import type { Action } from './action.js';
import { type AnySink, makeSink, type PlainWritable, type PlainWritableStream, SinkClosedError } from './host-sink.js';
import { nodeSource, type PlainReadable } from './node-source.js';
import { safely } from './not-a-promise-error.js';
import { type PlainReadableStream, pulledSource } from './pulled-source.js';
import { handleRejection } from './reaction.js';
import { type Resolved, resolved } from './resolved.js';
import type { Source } from './source.js';
import { type NextItem, Subscription } from './subscription.js';

// This package loads no types of a host, so it declares those that it uses.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/** The events that a `HostStream` waits for. */
export type HostStreamEvent = NextItem<Uint8Array | string> | Action<void>;

/** What `hostStream` takes: a stream of Node, or the two halves of a Web stream, such as a `TransformStream`; one half is enough. */
export type BytesOfHost =
  | PlainReadable
  | PlainWritable
  | {
      /** Where the bytes come from. */
      readonly readable?: PlainReadableStream<Uint8Array>;
      /** Where they go to. A `CompressionStream` takes no bytes of shared memory. */
      readonly writable?: PlainWritableStream<Uint8Array<ArrayBuffer>>;
    };

/** For errors and deadlock reports. */
export interface HostStreamOptions {
  /** How messages call it: `socket to the database`. Default: `stream of the host`. */
  readonly name?: string;
}

/** So many chunks are read ahead of a stream of Node, which costs less than to pause it after each. */
const CHUNKS_AHEAD = 4;
const NOTHING = new Uint8Array();

/** @internal The two halves of a stream of the host. */
export interface Halves {
  readonly readable?: unknown;
  readonly writable?: unknown;
}

/** A stream of the host as a `ByteStream`. Made by `hostStream`. */
export class HostStream extends BufferedStream<HostStreamEvent> {
  readonly #name: string;
  readonly #chunks: Subscription<Uint8Array | string> | undefined;
  readonly #sink: AnySink<Uint8Array> | undefined;
  #held: Uint8Array = NOTHING;
  #hasEnded = false;
  #isClosed = false;
  #closing: Promise<unknown> | undefined;

  /** @internal */
  constructor({ readable, writable }: Halves, name: string) {
    super();
    this.#name = name;
    this.#sink = writable === undefined ? undefined : makeSink('hostStream', writable as PlainWritable);
    if (readable !== undefined) {
      const isNode = hasMethods(readable, 'on', 'pause');
      this.#chunks = new Subscription({ capacity: isNode ? CHUNKS_AHEAD : 0, overflow: 'pause', name });
      this.#chunks.begin(
        isNode
          ? this.#nodeSource(readable as PlainReadable)
          : pulledSource('hostStream', readable as PlainReadableStream<Uint8Array>),
      );
    }
  }

  override get isClosed(): boolean {
    return this.#isClosed;
  }

  override describe(): string {
    return this.#name;
  }

  /**
   * Says that no more bytes come, and waits until all are written. The other half can still be read.
   * @throws ClosedError, and what the stream failed with
   */
  *end(): Coroutine<void, Action<void>> {
    if (this.#isClosed) throw new ClosedError('ended', this.#name);
    yield* this.#writer.end();
  }

  override close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing = Promise.resolve(this.#sink?.close());
    handleRejection(this.#closing);
    this.#chunks?.close();
  }

  /**
   * Closes it, and waits until the host has let go of it, which a cancellation does not interrupt.
   * @throws what the host rejects the closing with
   */
  *closed(): Coroutine<void, Resolved> {
    this.close();
    if (this.#chunks !== undefined) yield* this.#chunks.closed();
    yield* resolved(this.#closing!, { whenCancelled: 'wait' });
  }

  protected override readonly readable: Yieldable<unknown, HostStreamEvent> = iterable(() => this.#untilReadable());

  protected override readonly writable: Yieldable<unknown, HostStreamEvent> = iterable(() => this.#writer.room());

  protected override receive(): Uint8Array | undefined {
    const held = this.#held;
    this.#held = NOTHING;
    return held.length === 0 && this.#hasEnded ? undefined : held;
  }

  protected override send(pieces: readonly Uint8Array[]): number {
    let count = 0;
    for (const piece of pieces) {
      if (!this.#writer.hasRoom) break;
      // The stream keeps it, and the program may overwrite it.
      this.#writer.send(new Uint8Array(piece));
      count += piece.length;
    }
    return count;
  }

  protected override translated(error: unknown, action: string): unknown {
    return this.#isClosed && error instanceof SinkClosedError ? new ClosedError(action, this.#name) : error;
  }

  get #writer(): AnySink<Uint8Array> {
    if (this.#sink !== undefined) return this.#sink;
    const fault = `${this.#name} can only be read, expected a stream that can be written to.`;
    throw new InvalidArgumentError('ESC_INVALID_STREAM', fault);
  }

  *#untilReadable(): Coroutine<void, HostStreamEvent> {
    if (this.#held.length > 0 || this.#hasEnded) return;
    if (this.#chunks === undefined) this.#hasEnded = true;
    else {
      const next = yield* this.#chunks.next();
      if (this.#isClosed) throw new ClosedError('read from', this.#name);
      if (next.done) this.#hasEnded = true;
      else this.#held = bytesOf(next.value, this.#name);
    }
  }

  #nodeSource(readable: PlainReadable): Source<Uint8Array | string> {
    // At the end of this half the other one goes on.
    return nodeSource(readable, this.#name, () => this.#isClosed);
  }
}

/**
 * A stream of the host as a `ByteStream` of `@escapement/streams`: a socket, a file or a pipe of Node, the halves of a `TransformStream`, the
 * body of a `Response`. Both directions have back-pressure: no more is read than tasks take, and `write` waits while the stream is full.
 *
 * It is closed at the end of the current task, however that ends: what was not written is thrown away, so `yield* stream.end()`
 * before. No listener is left. It needs `promiseModule`, and a strategy that lets the host run; under the others use
 * `@escapement/net`.
 *
 * @throws InvalidArgumentError for what is no stream
 * @example
 * const body = yield* hostStream({ readable: response.body! });
 * while ((line = yield* body.readLine()) !== undefined) console.log(line);
 */
export const hostStream = /* @__PURE__ */ coroutine(function* hostStream(
  stream: BytesOfHost,
  { name = 'stream of the host' }: HostStreamOptions = {},
): Coroutine<HostStream, CurrentTask | Resolved> {
  const made = new HostStream(halvesOf(stream), name);
  yield* ensure(() => made.closed());
  return made;
});

function halvesOf(stream: BytesOfHost): Halves {
  if (hasMethods(stream, 'on', 'off')) {
    const isReadable = hasMethods(stream, 'pause', 'resume') && (stream as { readable?: unknown }).readable !== false;
    const isWritable = hasMethods(stream, 'write', 'end') && (stream as { writable?: unknown }).writable !== false;
    if (isReadable || isWritable)
      return { ...(isReadable && { readable: stream }), ...(isWritable && { writable: stream }) };
  } else {
    const { readable, writable } = (stream ?? {}) as Halves;
    const isReadable = hasMethods(readable, 'getReader');
    const isWritable = hasMethods(writable, 'getWriter');
    if (isReadable || isWritable) return { ...(isReadable && { readable }), ...(isWritable && { writable }) };
  }
  const fault = `hostStream got ${describe(stream)}, expected a stream of Node, or { readable, writable } of Web streams.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

function hasMethods(object: unknown, ...names: readonly string[]): boolean {
  return safely(() => names.every(name => typeof (object as Record<string, unknown>)[name] === 'function'));
}

/** Made anew for each wait. */
function iterable<T, E extends HostStreamEvent>(make: () => Coroutine<T, E>): Yieldable<T, E> {
  return { [Symbol.iterator]: make } as Yieldable<T, E>;
}

function bytesOf(chunk: unknown, name: string): Uint8Array {
  if (typeof chunk === 'string') return new TextEncoder().encode(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength);
  const fault = `${name} gave ${describe(chunk)}, expected bytes or text. For a stream of objects use itemsOf.`;
  throw new InvalidArgumentError('ESC_NOT_BYTES', fault);
}
