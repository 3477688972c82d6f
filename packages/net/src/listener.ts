import {
  type CoreEvent,
  type Coroutine,
  type LoopEvent,
  type Pause,
  pause,
  spawn,
  supervise,
  type Task,
  TaskCancelledError,
  type Yieldable,
} from '@escapement/core';
import type { Readable } from '@escapement/io';
import { accept, PosixError, WOULD_BLOCK } from '@escapement/posix';
import { exponential, type SleepFor, sleep } from '@escapement/sleep';
import type { ByteStream } from './byte-stream.js';
import { Endpoint } from './endpoint.js';
import { ClosedError, LineTooLongError, UnexpectedEndError } from './errors.js';

/** Out of descriptors or memory: it passes when a connection ends. */
const EXHAUSTED: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
/** This connection was gone before anybody accepted it; Linux hands such network errors to `accept`. */
const GONE: readonly string[] = ['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH'];
/** A peer that goes away does not make its server fail. */
const PEERS_FAULT: readonly string[] = ['ECONNRESET', 'EPIPE', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];
/** A flood of connections would keep who accepts them running for ever: after so many others get their turn. */
const MOST_ACCEPTS_IN_A_ROW = 32;

const backoff = exponential(5, 1000);

export interface ServeOptions<S> {
  /**
   * What the coroutine of a connection threw, or a task that it spawned; throw it again to end the server. Left out: what
   * `isOnlyTheConnections` ends the connection, all else the server.
   */
  readonly failed?: (error: unknown, stream: S) => void;
}

/** Takes connections, in the order in which they came. Any number of tasks may accept. */
export abstract class Listener<S extends ByteStream> extends Endpoint {
  #acceptsInARow = 0;
  #mayHaveMore = false;
  #hasWarned = false;

  /** @internal */
  protected abstract newStream(fd: number): S;

  /**
   * The next connection; it is yours to close. Where the process has no descriptors left it waits, a second at most at a
   * time, warns once (`ESC_ACCEPT_EXHAUSTED`, a warning of the process's) and goes on when there are some again.
   *
   * @throws ClosedError, also when it is closed meanwhile; PosixError
   */
  *accept(): Coroutine<S, Readable | SleepFor | Pause> {
    for (let failures = 0; ; ) {
      try {
        return this.newStream(yield* this.#acceptFd());
      } catch (error) {
        if (!(error instanceof PosixError) || !EXHAUSTED.includes(error.code)) throw error;
        this.#warnOfExhaustion(error);
        yield* sleep(backoff(++failures));
      }
    }
  }

  /**
   * Runs `handle` for each connection, in a task of its own, and closes the stream when that and all it spawned are done.
   * When the listener is closed it takes no more, and is done once the connections are. Cancelled, it cancels them.
   *
   * @example yield* listener.serve(function* (stream) {
   *   for (let bytes; (bytes = yield* stream.read()) !== undefined; ) yield* stream.write(bytes);
   * });
   */
  *serve<E extends LoopEvent = never>(
    handle: (stream: S) => Yieldable<unknown, E>,
    { failed = unlessOnlyTheConnections }: ServeOptions<S> = {},
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor> {
    const streams = new Map<Task, S>();
    yield* supervise(this.#acceptInto(streams, handle, failed), {
      ended: task => {
        const stream = streams.get(task)!;
        streams.delete(task);
        stream.close();
        if (task.result.state === 'failed') failed(task.result.error, stream);
      },
    });
  }

  *#acceptInto<E extends LoopEvent>(
    streams: Map<Task, S>,
    handle: (stream: S) => Yieldable<unknown, E>,
    failed: (error: unknown, stream: S) => void,
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor> {
    for (let number = 1; !this.isClosed; number++) {
      const stream = yield* this.#acceptUntilClosed();
      if (stream === undefined) return;
      try {
        streams.set(yield* spawn(handle(stream), { name: `connection ${number}` }), stream);
      } catch (error) {
        // Thrown by `handle` before there was a coroutine.
        stream.close();
        failed(error, stream);
      }
    }
  }

  *#acceptUntilClosed(): Coroutine<S | undefined, Readable | SleepFor | Pause> {
    try {
      return yield* this.accept();
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      throw error;
    }
  }

  *#acceptFd(): Coroutine<number, Readable | Pause> {
    for (;;) {
      // One comes rarely alone. Where one did, waiting first saves the call that would find nothing.
      if (!this.#mayHaveMore) yield* this.#waitForMore();
      else if (++this.#acceptsInARow > MOST_ACCEPTS_IN_A_ROW) {
        this.#acceptsInARow = 0;
        yield* pause();
      }
      const fd = this.#tryAccept();
      this.#mayHaveMore = fd !== WOULD_BLOCK;
      if (fd !== WOULD_BLOCK) return fd;
    }
  }

  /** Once: a server at its limit hits it with each connection that ends. */
  #warnOfExhaustion(error: PosixError): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(
      `${this.describe()} cannot accept for now: ${error.message}. It goes on when a connection has ended. Raise the limit (ulimit -n), or serve fewer at a time.`,
      { type: 'EscapementWarning', code: 'ESC_ACCEPT_EXHAUSTED' },
    );
  }

  *#waitForMore(): Coroutine<void, Readable> {
    this.openFd('accepted from');
    this.#acceptsInARow = 0;
    yield* this.whenReadable('accepted from');
  }

  #tryAccept(): number {
    for (;;) {
      try {
        return accept(this.openFd('accepted from'));
      } catch (error) {
        if (!(error instanceof PosixError) || !GONE.includes(error.code)) throw error;
      }
    }
  }
}

function unlessOnlyTheConnections(error: unknown, stream: ByteStream): void {
  if (!isOnlyTheConnections(error, stream)) throw error;
}

/**
 * Whether what the coroutine of a connection threw is no concern of its server's: the peer's fault (a reset, an end too
 * early, a line too long), or done here on purpose (its stream was closed, its task cancelled).
 *
 * @example listener.serve(handle, { failed: (error, stream) => { if (!isOnlyTheConnections(error, stream)) log(error); } });
 */
export function isOnlyTheConnections(error: unknown, stream: ByteStream): boolean {
  if (error instanceof AggregateError) return error.errors.every(one => isOnlyTheConnections(one, stream));
  if (error instanceof PosixError) return PEERS_FAULT.includes(error.code);
  if (error instanceof ClosedError) return stream.isClosed;
  return [UnexpectedEndError, LineTooLongError, TaskCancelledError].some(type => error instanceof type);
}
