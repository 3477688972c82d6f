import {
  bodyOf,
  type CoreEvent,
  type Coroutine,
  checkCount,
  checkMaker,
  currentTask,
  type Duration,
  type LoopEvent,
  now,
  onCancel,
  type Program,
  pause,
  shield,
  spawn,
  supervise,
  type Task,
  type Yieldable,
} from '@escapement/core';
import { type Limit, moveOnAt, type Sleep, type SleepFor, sleep } from '@escapement/sleep';
import { type ByteStream, ClosedError } from '@escapement/streams';
import { checkOptions, invalid, shown } from './check-options.js';
import { isOnlyTheConnections } from './only-the-connections.js';

/** What `serve` needs of a listener: those for sockets are some, and those in memory. */
export interface Acceptor<S extends ByteStream<LoopEvent>, A extends LoopEvent> {
  /**
   * Waits for the next connection. A wait that is cancelled has taken none.
   * @throws ClosedError if the listener is closed
   */
  accept(): Coroutine<S, A>;
  /** Whether it takes no connections any more. */
  readonly isClosed: boolean;
}

/** How many connections `serve` has at a time, how they end, and what becomes of their failures. */
export interface ServeOptions<S> {
  /**
   * The most connections at a time. While there are so many, none is accepted: further ones wait in the backlog of the listener.
   * Default: no limit.
   */
  readonly limit?: number;
  /**
   * How many milliseconds the connections may go on when the server is cancelled. Those that have not ended then are cancelled.
   * It accepts none meanwhile, and the task of `serve` gets `Cancelled` when all have ended. Default: 0.
   */
  readonly grace?: Duration;
  /**
   * Called with the error of a connection: its coroutine, or a task that it spawned, has failed. Throw the error again to end
   * the server. Default: an error for which `isOnlyTheConnections` is true ends the connection silently, any other the server.
   */
  readonly failed?: (error: unknown, stream: S) => void;
}

/**
 * Runs `handle` for each connection, in a task of its own. Closes the stream when the task and its children are done. After the
 * listener is closed, it returns when the last connection is done. A cancellation cancels the connections, too, at once or
 * after their `grace`. It does not close the listener.
 *
 * @throws NotAFunctionError, NotACoroutineError, InvalidArgumentError, InvalidCountError
 * @example
 * using listener = TcpListener.listen({ port: 7000 });
 * yield* serve(listener, handle, { limit: 1000, grace: 5000 });
 */
export function* serve<S extends ByteStream<LoopEvent>, A extends LoopEvent, E extends LoopEvent = never>(
  listener: Acceptor<S, A>,
  handle: (stream: S) => Program<unknown, E>,
  options: ServeOptions<S> = {},
): Coroutine<void, A | E | CoreEvent | SleepFor | Sleep> {
  checkMaker('serve', handle);
  checkOptions('serve', options, { failed: 'function', limit: 'any', grace: 'any' });
  const { limit = Infinity, grace = 0, failed = unlessOnlyTheConnections } = options;
  checkCount('limit of serve', limit, 1, true, 'It is a number of connections; Infinity for no limit.');
  checkGrace(grace);
  const server = new Server(listener, handle, limit, failed);
  if (grace === 0) yield* server.run();
  else yield* withGrace(server, grace);
}

/** Runs connections. The waits of its own task are limits that have no end until something moves them. */
class Server<S extends ByteStream<LoopEvent>, A extends LoopEvent, E extends LoopEvent> {
  readonly #streams = new Map<Task, S>();
  #isStopping = false;
  #waitForRoom: Limit | undefined;
  #waitForNext: Limit | undefined;

  constructor(
    private readonly listener: Acceptor<S, A>,
    private readonly handle: (stream: S) => Program<unknown, E>,
    private readonly limit: number,
    private readonly failed: (error: unknown, stream: S) => void,
  ) {}

  /** @param canStop whether `stop` will be called: each accept is within a limit then */
  run(canStop = false): Yieldable<void, A | E | CoreEvent | SleepFor | Sleep> {
    return supervise(this.#acceptAll(canStop), {
      caller: 'serve',
      ended: task => this.#ended(task),
    });
  }

  /** It accepts no more, and is done when its connections are. */
  stop(): void {
    this.#isStopping = true;
    expire(this.#waitForRoom);
    expire(this.#waitForNext);
  }

  *#acceptAll(canStop: boolean): Coroutine<void, A | E | CoreEvent | SleepFor | Sleep> {
    for (let number = 1; ; number++) {
      while (this.#streams.size >= this.limit && !this.#isStopping) yield* this.#room();
      if (this.#isStopping || this.listener.isClosed) return;
      const stream = yield* canStop ? this.#nextUnlessStopped() : this.#next();
      if (stream === undefined) return;
      try {
        const body = bodyOf('serve', this.handle(stream), this.handle);
        this.#streams.set(yield* spawn(body, { name: `connection ${number}` }), stream);
      } catch (error) {
        // `handle` threw, or returned something that is not a coroutine.
        stream.close();
        this.failed(error, stream);
      }
    }
  }

  #ended(task: Task): void {
    const stream = this.#streams.get(task)!;
    this.#streams.delete(task);
    stream.close();
    expire(this.#waitForRoom);
    if (task.result.state === 'failed') this.failed(task.result.error, stream);
  }

  *#room(): Coroutine<void, CoreEvent | SleepFor | Sleep> {
    yield* moveOnAt(Infinity, limit => {
      this.#waitForRoom = limit;
      return sleep(Infinity);
    });
    this.#waitForRoom = undefined;
  }

  #nextUnlessStopped(): Coroutine<S | undefined, A | CoreEvent | Sleep> {
    return moveOnAt(Infinity, limit => {
      this.#waitForNext = limit;
      return this.#next();
    });
  }

  *#next(): Coroutine<S | undefined, A> {
    try {
      return yield* this.listener.accept();
    } catch (error) {
      if (error instanceof ClosedError) return undefined;
      throw error;
    }
  }
}

/** The connections are shielded from the cancellation, which stops the server and sets a limit to them. */
function* withGrace<S extends ByteStream<LoopEvent>, A extends LoopEvent, E extends LoopEvent>(
  server: Server<S, A, E>,
  grace: Duration,
): Coroutine<void, A | E | CoreEvent | SleepFor | Sleep> {
  const task = (yield* currentTask()) as Task;
  let connections: Limit | undefined;
  const removeListener = yield* onCancel(() => {
    server.stop();
    if (connections !== undefined) connections.deadline = now().attempt(task)!.value + grace;
  });
  try {
    yield* shield(
      moveOnAt(Infinity, limit => {
        connections = limit;
        return server.run(true);
      }),
    );
  } finally {
    removeListener();
  }
  // Throws `Cancelled`, which the shield has kept off.
  if (task.isCancelled) yield* pause();
}

function expire(limit: Limit | undefined): void {
  if (limit !== undefined) limit.deadline = -Infinity;
}

function checkGrace(grace: Duration): void {
  if (typeof grace === 'number' && grace >= 0) return;
  throw invalid(
    `serve got ${shown(grace)} as its option grace, expected milliseconds, 0 or more; Infinity waits for all.`,
  );
}

function unlessOnlyTheConnections(error: unknown): void {
  if (!isOnlyTheConnections(error)) throw error;
}
