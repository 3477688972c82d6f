import {
  type Coroutine,
  type CurrentTask,
  coroutine,
  describe,
  EscapementError,
  ensure,
  InvalidArgumentError,
} from '@escapement/core';
import { type Action, action } from './action.js';
import type { Failure } from './failure.js';
import { safely } from './not-a-promise-error.js';
import { type Resolved, resolved } from './resolved.js';

/** The members of Node's `Writable` that are used. */
export interface PlainWritable {
  /** Takes a chunk. @returns false if it is full */
  write(chunk: never): boolean;
  /** There are no more chunks. */
  end(): unknown;
  /** Throws away what it has not written. */
  destroy(error?: Error): unknown;
  /** Whether it is destroyed. */
  readonly destroyed: boolean;
  /** Adds a listener. */
  on(name: string, listener: (given: unknown) => void): unknown;
  /** Takes back a listener. */
  off(name: string, listener: (given: unknown) => void): unknown;
}

/** The members of the host's `WritableStream` that are used. */
export interface PlainWritableStream<in T> {
  /** Locks the stream. */
  getWriter(): PlainWriter<T>;
}

/** The members of the host's `WritableStreamDefaultWriter` that are used. */
export interface PlainWriter<in T> {
  /** How much more it takes. */
  readonly desiredSize: number | null;
  /** Settles when it takes more. */
  readonly ready: Promise<unknown>;
  /** Settles when all is written. */
  readonly closed: Promise<unknown>;
  /** Takes a chunk. */
  write(chunk: T): Promise<void>;
  /** There are no more chunks. */
  close(): Promise<void>;
  /** Throws away what it has not written. */
  abort(reason?: unknown): Promise<void>;
  /** Unlocks the stream. */
  releaseLock(): void;
}

/** A task wrote to a sink that had ended, or that the host closed before its end. */
export class SinkClosedError extends EscapementError {
  static override readonly name = 'SinkClosedError';
  override readonly code = 'ESC_SINK_CLOSED';

  /** @internal */
  constructor(problem: string) {
    super(`${problem}. Write nothing after end(), and catch this error if the reader may go away.`);
  }
}

/** A stream of the host to which coroutines write. Made by `sinkOf`. */
export interface HostSink<in T> {
  /** Waits while the stream is full, then hands it the item. @throws what the stream failed with; SinkClosedError */
  write(item: T): Coroutine<void, Action<void>>;
  /** Says that there are no more items, and waits until all are written. @throws what the stream failed with */
  end(): Coroutine<void, Action<void>>;
}

/** @internal */
export abstract class AnySink<in T> implements HostSink<T> {
  readonly #watchers = new Set<() => void>();
  #failure: Failure | undefined;
  #isEnding = false;
  #isFinished = false;

  *write(item: T): Coroutine<void, Action<void>> {
    yield* this.room();
    this.send(item);
  }

  *end(): Coroutine<void, Action<void>> {
    if (!this.#isEnding) this.finish();
    this.#isEnding = true;
    yield* this.#until(() => this.#isFinished);
  }

  /** Waits until the stream takes more. */
  *room(): Coroutine<void, Action<void>> {
    while (!this.hasRoom) yield* this.#until(() => this.hasRoom);
  }

  /** @throws what the stream failed with; SinkClosedError */
  get hasRoom(): boolean {
    this.#check();
    return !this.isFull;
  }

  send(item: T): void {
    this.#check();
    this.take(item);
  }

  /** Throws away what is not written, unless all is. @returns a promise if that takes time */
  close(): unknown {
    const isAborted = !this.#isFinished && this.#failure === undefined;
    if (isAborted) this.failed(new SinkClosedError('the sink was closed'));
    return this.release(isAborted);
  }

  protected abstract get isFull(): boolean;
  protected abstract take(item: T): void;
  protected abstract finish(): void;
  protected abstract release(isAborted: boolean): unknown;

  protected changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  protected failed(error: unknown): void {
    if (!this.#isFinished) this.#failure ??= { error };
    this.changed();
  }

  protected finished(): void {
    this.#isFinished = true;
    this.changed();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#isEnding) throw new SinkClosedError('a task wrote to a sink after its end()');
  }

  #until(isSo: () => boolean): Action<void> {
    return action<void>((resolve, reject) => {
      const look = () => {
        if (this.#failure !== undefined) reject(this.#failure.error);
        else if (isSo()) resolve();
      };
      this.#watchers.add(look);
      look();
      return () => this.#watchers.delete(look);
    });
  }
}

class NodeSink<T> extends AnySink<T> {
  #isFull = false;

  constructor(readonly writable: PlainWritable) {
    super();
    for (const [name, listener] of this.#listeners) writable.on(name, listener);
    if (writable.destroyed) this.#closed();
  }

  readonly #listeners: readonly (readonly [string, (given: unknown) => void])[] = [
    ['drain', () => this.#drained()],
    ['finish', () => this.finished()],
    ['error', error => this.failed(error)],
    ['close', () => this.#closed()],
  ];

  protected override get isFull(): boolean {
    return this.#isFull;
  }

  protected override take(item: T): void {
    this.#isFull = !this.writable.write(item as never);
  }

  protected override finish(): void {
    this.writable.end();
  }

  protected override release(isAborted: boolean): void {
    const { writable } = this;
    for (const [name, listener] of this.#listeners) writable.off(name, listener);
    if (!isAborted || writable.destroyed) return;
    ignoreErrors(writable);
    writable.destroy();
  }

  #drained(): void {
    this.#isFull = false;
    this.changed();
  }

  #closed(): void {
    this.failed(new SinkClosedError('the host closed the stream of a sink before its end'));
  }
}

/** What a stream does after it was destroyed must not end the process. */
export function ignoreErrors(stream: Pick<PlainWritable, 'on' | 'off'>): void {
  const ignore = () => {};
  const closed = () => {
    stream.off('error', ignore);
    stream.off('close', closed);
  };
  stream.on('error', ignore);
  stream.on('close', closed);
}

class WebSink<T> extends AnySink<T> {
  constructor(readonly writer: PlainWriter<T>) {
    super();
    writer.closed.then(
      () => this.finished(),
      error => this.failed(error),
    );
  }

  protected override get isFull(): boolean {
    return this.writer.desiredSize === null || this.writer.desiredSize <= 0;
  }

  protected override take(item: T): void {
    // A failure also rejects `closed`.
    this.writer.write(item).catch(() => {});
    this.writer.ready.then(
      () => this.changed(),
      () => {},
    );
  }

  protected override finish(): void {
    this.writer.close().catch(() => {});
  }

  protected override async release(isAborted: boolean): Promise<void> {
    try {
      if (isAborted) await this.writer.abort();
    } finally {
      this.writer.releaseLock();
    }
  }
}

/** @internal @throws InvalidArgumentError */
export function makeSink<T>(caller: string, stream: PlainWritable | PlainWritableStream<T>): AnySink<T> {
  if (safely(() => typeof (stream as PlainWritableStream<T>).getWriter === 'function'))
    return new WebSink((stream as PlainWritableStream<T>).getWriter());
  if (safely(() => ['on', 'off', 'write', 'end'].every(name => typeof stream[name as never] === 'function')))
    return new NodeSink(stream as PlainWritable);
  const fault = `${caller} got ${describe(stream)}, expected a Writable of Node or a WritableStream.`;
  throw new InvalidArgumentError('ESC_INVALID_ARGUMENT', fault);
}

/**
 * Lets coroutines write to a stream of the host: `yield* sink.write(item)` waits while it is full, `yield* sink.end()` until all is
 * written. At the end of the current task, however that ends, a stream that has not ended is destroyed or aborted; no listener is
 * left.
 *
 * It needs `promiseModule`, and a strategy that lets the host run.
 *
 * @throws InvalidArgumentError for what is no stream to write to
 * @example
 * const file = yield* sinkOf<string>(createWriteStream(path));
 * for (const line of lines) yield* file.write(`${line}\n`);
 * yield* file.end();
 */
export const sinkOf = /* @__PURE__ */ coroutine(function* sinkOf<T>(
  stream: PlainWritable | PlainWritableStream<T>,
): Coroutine<HostSink<T>, CurrentTask | Resolved> {
  const sink = makeSink('sinkOf', stream);
  yield* ensure(function* closing() {
    yield* resolved(Promise.resolve(sink.close()));
  });
  return sink;
});
