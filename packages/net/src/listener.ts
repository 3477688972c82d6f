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
import { type ByteStream, ClosedError, LineTooLongError, UnexpectedEndError } from '@escapement/streams';
import { NameLookupError } from './name-lookup-error.js';
import { OwnedDescriptor } from './owned-descriptor.js';

/** Out of descriptors or memory: it passes when a connection ends. */
const EXHAUSTED: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
/** This connection was gone before anybody accepted it; Linux hands such network errors to `accept`. */
const GONE: readonly string[] = ['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH'];
/** What the world does to a connection, and not a bug of the program. */
const OF_THE_WORLD = [
  PosixError,
  ClosedError,
  LineTooLongError,
  NameLookupError,
  TaskCancelledError,
  TimeoutError,
  UnexpectedEndError,
];
/** System errors that only a program can cause. */
const BUGS: readonly string[] = ['EBADF', 'EFAULT', 'EINVAL', 'ENOTSOCK'];
/** A flood of connections would keep who accepts them running for ever: after so many others get their turn. */
const MOST_ACCEPTS_IN_A_ROW = 32;

const backoff = exponential(5, 1000);

export interface ServeOptions<S> {
  /**
   * What the coroutine of a connection threw, or a task that it spawned; throw it again to end the server. Left out: what
   * `isOnlyTheConnections` ends the connection without a word, all else the server.
   */
  readonly failed?: (error: unknown, stream: S) => void;
}

/** Takes connections, in the order in which they came. Any number of tasks may accept. */
export abstract class Listener<S extends ByteStream<LoopEvent>> extends OwnedDescriptor {
  #acceptsInARow = 0;
  #mayHaveMore = false;
  #hasWarned = false;

  /** @internal */
  protected abstract newStream(fd: number, remote: SocketAddress): S;

  /**
   * The next connection; it is yours to close. Where the process has no descriptors left it waits, a second at most at a
   * time, warns once (`ESC_ACCEPT_EXHAUSTED`, see `warn`) and goes on when there are some again.
   *
   * @throws ClosedError, also when it is closed meanwhile; PosixError
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
   * Runs `handle` for each connection, in a task of its own, and closes the stream when that and all it spawned are done.
   * When the listener is closed it takes no more, and is done once the connections are. Cancelled, it cancels them.
   *
   * @throws NotAFunctionError, NotACoroutineError
   * @example yield* listener.serve(function* (stream) {
   *   for (let bytes; (bytes = yield* stream.read()) !== undefined; ) yield* stream.write(bytes);
   * });
   */
  *serve<E extends LoopEvent = never>(
    handle: (stream: S) => Program<unknown, E>,
    { failed = unlessOnlyTheConnections }: ServeOptions<S> = {},
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor> {
    checkMaker('serve', handle);
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
        // Thrown by `handle`, or because of what it returned, before there was a coroutine.
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
      // One comes rarely alone. Where one did, waiting first saves the call that would find nothing.
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

  /** Once: a server at its limit hits it with each connection that ends. */
  *#warnOfExhaustion(error: PosixError): Coroutine<void, Warn> {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    yield* warn(
      'ESC_ACCEPT_EXHAUSTED',
      `${this.describe()} cannot accept for now: ${error.message}. It goes on when a connection has ended. Raise the limit (ulimit -n), or serve fewer at a time.`,
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
 * Whether what the coroutine of a connection threw is no concern of its server's: an error of the system (a reset, an upstream
 * that refuses), an end too early, a line too long, a time that was up, a name not found, or what was done here on purpose (a
 * stream closed, a task cancelled). All else is a bug, and a bug that only ends connections is found late.
 *
 * @example listener.serve(handle, { failed: (error, { remote }) => {
 *   console.error(remote.host, error);
 *   if (!isOnlyTheConnections(error)) throw error;
 * } });
 */
export function isOnlyTheConnections(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isOnlyTheConnections);
  if (error instanceof PosixError && BUGS.includes(error.code)) return false;
  return OF_THE_WORLD.some(type => error instanceof type);
}
