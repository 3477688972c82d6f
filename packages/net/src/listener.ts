import {
  bodyOf,
  type CoreEvent,
  type Coroutine,
  checkMaker,
  type LoopEvent,
  type Pause,
  type Program,
  pause,
  spawn,
  supervise,
  type Task,
  TaskCancelledError,
  type Warn,
  warn,
} from '@escapement/core';
import type { Readable } from '@escapement/io';
import { accept, PosixError, type SocketAddress, senderAddress, WOULD_BLOCK } from '@escapement/posix';
import { exponential, type SleepFor, sleep, TimeoutError } from '@escapement/sleep';
import {
  type ByteStream,
  ClosedError,
  LineTooLongError,
  TooManyBytesError,
  UnexpectedEndError,
} from '@escapement/streams';
import { checkOptions } from './check-options.js';
import { NameLookupError } from './name-lookup-error.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/** Errors for which `accept` waits and tries again: the system has no descriptor or memory left, until a connection ends. */
const EXHAUSTED: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
/** Errors of one connection that failed before it was accepted; Linux reports them through `accept`. Try the next one. */
const GONE: readonly string[] = ['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH'];
/** Errors that end only their connection: they come from the environment or were caused on purpose, not by a bug. */
const CONNECTION_ERRORS = [
  PosixError,
  ClosedError,
  LineTooLongError,
  NameLookupError,
  TaskCancelledError,
  TimeoutError,
  TooManyBytesError,
  UnexpectedEndError,
];
/** System errors that only a bug of the program causes. */
const BUGS: readonly string[] = ['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK'];
/** After so many accepts without a wait, `accept` pauses: other tasks would not run during a flood of connections. */
const MOST_ACCEPTS_IN_A_ROW = 32;

const backoff = exponential(5, 1000);

/** How many connections `serve` has at a time, and what becomes of their failures. */
export interface ServeOptions<S> {
  /**
   * Called with the error of a connection: its coroutine, or a task that it spawned, has failed. Throw the error again to end
   * the server. Default: an error for which `isOnlyTheConnections` is true ends the connection silently, any other the server.
   */
  readonly failed?: (error: unknown, stream: S) => void;
}

/**
 * Accepts connections in the order in which they came. Any number of tasks may accept.
 * @example yield* TcpListener.listen({ port: 7000 }).serve(function* (stream) { yield* stream.write('hello'); });
 */
export abstract class Listener<S extends ByteStream<LoopEvent>> extends OwnedDescriptor {
  #acceptsInARow = 0;
  #mayHaveMore = false;
  #hasWarned = false;

  /** @internal */
  protected abstract newStream(fd: number, remote: SocketAddress): S;

  /**
   * Waits for the next connection; the caller has to close it. If the process has no descriptor left, it warns once
   * (`ESC_ACCEPT_EXHAUSTED`, see `warn`) and tries again, after a second at most each time.
   *
   * @throws ClosedError, also if the listener is closed during the wait; PosixError
   */
  *accept(): Coroutine<S, Readable | SleepFor | Pause | Warn> {
    for (let failures = 0; ; ) {
      try {
        return yield* this.#acceptNext();
      } catch (error) {
        if (!(error instanceof PosixError) || !EXHAUSTED.includes(error.code)) throw error;
        yield* this.#warnOfExhaustion(error);
        yield* sleep(backoff(++failures));
      }
    }
  }

  /**
   * Runs `handle` for each connection, in a task of its own. Closes the stream when the task and its children are done. After
   * the listener is closed, it returns when the last connection is done. A cancellation cancels the connections, too.
   *
   * @throws NotAFunctionError, NotACoroutineError, InvalidArgumentError
   * @example yield* listener.serve(function* (stream) {
   *   for (let bytes; (bytes = yield* stream.read()) !== undefined; ) yield* stream.write(bytes);
   * });
   */
  *serve<E extends LoopEvent = never>(
    handle: (stream: S) => Program<unknown, E>,
    options: ServeOptions<S> = {},
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor> {
    checkMaker('serve', handle);
    checkOptions('serve', options, { failed: 'function' });
    const { failed = unlessOnlyTheConnections } = options;
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
    handle: (stream: S) => Program<unknown, E>,
    failed: (error: unknown, stream: S) => void,
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor> {
    for (let number = 1; !this.isClosed; number++) {
      const stream = yield* this.#acceptUntilClosed();
      if (stream === undefined) return;
      try {
        const body = bodyOf('serve', handle(stream), handle);
        streams.set(yield* spawn(body, { name: `connection ${number}` }), stream);
      } catch (error) {
        // `handle` threw, or returned something that is not a coroutine.
        stream.close();
        failed(error, stream);
      }
    }
  }

  *#acceptUntilClosed(): Coroutine<S | undefined, Readable | SleepFor | Pause | Warn> {
    try {
      return yield* this.accept();
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      throw error;
    }
  }

  *#acceptNext(): Coroutine<S, Readable | Pause> {
    for (;;) {
      // After an accept, try the next one at once: connections rarely come alone. Otherwise wait first, to save a useless call.
      if (!this.#mayHaveMore) yield* this.#waitForMore();
      else if (++this.#acceptsInARow > MOST_ACCEPTS_IN_A_ROW) {
        this.#acceptsInARow = 0;
        yield* pause();
      }
      const fd = this.#tryAccept();
      this.#mayHaveMore = fd !== WOULD_BLOCK;
      if (fd !== WOULD_BLOCK) return this.newStream(fd, senderAddress());
    }
  }

  /** Warns once: a server at its limit reaches the limit again after each connection that ends. */
  *#warnOfExhaustion(error: PosixError): Coroutine<void, Warn> {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    yield* warn(
      'ESC_ACCEPT_EXHAUSTED',
      `${this.describe()} cannot accept for now: ${error.message}. It tries again until a connection has ended. Raise the limit (ulimit -n), or serve fewer connections at a time.`,
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

function unlessOnlyTheConnections(error: unknown): void {
  if (!isOnlyTheConnections(error)) throw error;
}

/**
 * Whether an error of a connection's coroutine should end only that connection: a system error (a reset, an upstream that
 * refuses), an unexpected end, a line or an announced length that is too long, a timeout, a name that is not found, or something done on purpose (a
 * stream closed, a task cancelled). Every other error is a bug; a bug that ends only connections is found late.
 *
 * @example listener.serve(handle, { failed: (error, { remote }) => {
 *   console.error(remote.host, error);
 *   if (!isOnlyTheConnections(error)) throw error;
 * } });
 */
export function isOnlyTheConnections(error: unknown): boolean {
  try {
    if (error instanceof AggregateError) return error.errors.every(isOnlyTheConnections);
    if (error instanceof PosixError && BUGS.includes(error.code)) return false;
    return CONNECTION_ERRORS.some(type => error instanceof type);
  } catch {
    // A value that throws when it is looked at, such as a revoked proxy, is nothing that we have thrown.
    return false;
  }
}
