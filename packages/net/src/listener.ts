import {
  type CoreEvent,
  type Coroutine,
  type LoopEvent,
  type Pause,
  type Program,
  pause,
  type Warn,
  warn,
} from '@escapement/core';
import type { Readable } from '@escapement/io';
import { accept, PosixError, type SocketAddress, senderAddress, WOULD_BLOCK } from '@escapement/posix';
import { exponential, type Sleep, type SleepFor, sleep } from '@escapement/sleep';
import type { ByteStream } from '@escapement/streams';
import { OwnedDescriptor } from './owned-descriptor.js';
import { type ServeOptions, serve } from './serve.js';

/** Errors for which `accept` waits and tries again: the system has no descriptor or memory left, until a connection ends. */
const EXHAUSTED: readonly string[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];
/** Errors of one connection that failed before it was accepted; Linux reports them through `accept`. Try the next one. */
const GONE: readonly string[] = ['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENETUNREACH', 'EHOSTDOWN', 'EHOSTUNREACH'];
/** After so many accepts without a wait, `accept` pauses: other tasks would not run during a flood of connections. */
const MOST_ACCEPTS_IN_A_ROW = 32;

const backoff = exponential(5, 1000);

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
   * Runs `handle` for each connection, in a task of its own: see `serve`.
   *
   * @throws NotAFunctionError, NotACoroutineError, InvalidArgumentError, InvalidCountError
   * @example yield* listener.serve(function* (stream) {
   *   for (let bytes; (bytes = yield* stream.read()) !== undefined; ) yield* stream.write(bytes);
   * });
   */
  serve<E extends LoopEvent = never>(
    handle: (stream: S) => Program<unknown, E>,
    options: ServeOptions<S> = {},
  ): Coroutine<void, E | CoreEvent | Readable | SleepFor | Sleep> {
    return serve<S, Readable | SleepFor | Pause | Warn, E>(this, handle, options);
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
