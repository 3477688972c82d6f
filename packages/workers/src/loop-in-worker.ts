import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads';
import { Cancelled, type Coroutine, coroutine, describe, type Scope, shield } from '@escapement/core';
import { PortClosedError, UnreadableMessageError, WorkerExitedError } from './errors.js';
import type { PortEvent } from './port-event.js';
import type { ThreadPort } from './port-types.js';
import { type Received, received } from './received.js';
import { thrownOf } from './remote-error.js';
import { closePort, Sender } from './sender.js';
import type { Report, WorkerProgram } from './worker-program.js';
import code from './worker-thread.js?thread';

/** @internal The thread's `workerData`. */
export interface ThreadData {
  readonly url: string;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly port: ThreadPort;
}

/** Those of the host's `Worker` that are left to the caller. */
export interface LoopInWorkerOptions {
  /** For debuggers. Default: the name of the export. */
  readonly name?: string;
  /** The thread's `process.env`. Default: a copy of this thread's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Added to the thread's `process.argv`. */
  readonly argv?: readonly unknown[];
  /** Options of Node for the thread. Default: those of this thread. */
  readonly execArgv?: readonly string[];
  /** In MiB. A thread that needs more ends with a `WorkerExitedError`. */
  readonly resourceLimits?: {
    readonly maxOldGenerationSizeMb?: number;
    readonly maxYoungGenerationSizeMb?: number;
    readonly stackSizeMb?: number;
  };
  /** What of the arguments moves to the thread instead of being copied. */
  readonly transfer?: readonly object[];
}

/** The arguments of a program made by `workerProgram`. */
export type ArgumentsOf<P> = P extends { readonly _args?: (...args: infer A) => void } ? A : never;

/** The result of a program made by `workerProgram`. */
export type ProgramResultOf<P> = P extends { readonly _result?: infer T } ? T : never;

/**
 * Runs a program in a thread of its own, on a loop with a strategy of its own: a spinning one on a core of its own, for instance.
 * `yield*` evaluates to the program's value, or throws its error as a `RemoteError`.
 *
 * The thread belongs to the current task. If that is cancelled, the program is, too: its clean-ups run, and the task goes on
 * when the thread is about to exit. It is never terminated before, unless the parent's run breaks: bound the program's
 * clean-ups. If the parent's thread ends, the program is cancelled.
 *
 * Functions cannot cross threads, so the program is named by the module that exports it. In a bundled program, that module is
 * an entry point of its own. Arguments and value are structured clones.
 *
 * @param url the module, as a `file:` URL
 * @param name the export, made by `workerProgram`
 * @throws RemoteError, or a copy of what the program threw if that was no error; WorkerExitedError if the thread exits before the
 *   program ends, is terminated, or has an error that nobody catches; the host's DataCloneError if the arguments cannot be copied
 * @example
 * import type { ticker } from './ticker.js';
 * const ticks = yield* loopInWorker<typeof ticker>(new URL('./ticker.js', import.meta.url), 'ticker', [1000]);
 */
export const loopInWorker = /* @__PURE__ */ coroutine(function* loopInWorker<
  P extends WorkerProgram = WorkerProgram<readonly unknown[]>,
>(
  url: string | { readonly href: string },
  name: string,
  args: Readonly<ArgumentsOf<P>>,
  options: LoopInWorkerOptions = {},
): Coroutine<ProgramResultOf<P>, PortEvent | Scope> {
  const { transfer = [], ...workerOptions } = options;
  const address = typeof url === 'string' ? url : url.href;
  const { port1: port, port2 } = new MessageChannel();
  const workerData: ThreadData = { url: address, name, args, port: port2 };
  const worker = new Worker(code, {
    name,
    ...workerOptions,
    eval: true,
    workerData,
    transferList: [port2, ...transfer],
  } as WorkerOptions);
  // From now on it keeps the thread's error and exit code.
  const death = received(worker);
  const thread = new Thread(port, `"${name}" of ${address}`);
  try {
    return (yield* thread.outcome(death)) as ProgramResultOf<P>;
  } finally {
    closePort(port);
    // The parent's run breaks, and nothing waits for the thread any more.
    if (!thread.isGone) worker.terminate();
  }
});

/** A thread as its parent sees it. */
class Thread {
  readonly #commands: Sender;
  #report: Report | undefined;
  #unreadable: UnreadableMessageError | undefined;
  isGone = false;

  constructor(
    readonly port: ThreadPort,
    readonly title: string,
  ) {
    this.#commands = new Sender(port);
  }

  /** The program's value, when its thread is about to exit. */
  *outcome(death: Received): Coroutine<unknown, PortEvent | Scope> {
    try {
      yield* this.#untilGone();
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      this.#cancelProgram(error.reason);
      yield* shield(this.#untilGone());
      if (this.#report !== undefined && !('thrown' in this.#report) && !('crashed' in this.#report)) throw error;
    }
    if (this.#unreadable !== undefined) throw this.#unreadable;
    if (this.#report === undefined) throw yield* shield(this.#causeOf(death));
    if ('crashed' in this.#report) throw new WorkerExitedError(this.title, undefined, thrownOf(this.#report.crashed));
    if ('thrown' in this.#report) throw thrownOf(this.#report.thrown);
    return 'value' in this.#report ? this.#report.value : undefined;
  }

  /** Keeps the report of the program, or of an error that nobody caught. */
  *#untilGone(): Coroutine<void, PortEvent> {
    while (!this.isGone) {
      try {
        const report = yield* received<Report>(this.port);
        if (this.#report === undefined || 'crashed' in report) this.#report = report;
      } catch (error) {
        if (error instanceof PortClosedError) this.isGone = true;
        else if (error instanceof UnreadableMessageError) this.#unreadable = error;
        else throw error;
      }
    }
  }

  #cancelProgram(reason: unknown): void {
    try {
      this.#commands.trySend(reason);
    } catch (error) {
      // It is gone, or the reason cannot be copied.
      if (!(error instanceof PortClosedError)) this.#commands.trySend(describe(reason));
    }
  }

  /** With the exit code, if the host tells it under this strategy. */
  *#causeOf(death: Received): Coroutine<WorkerExitedError, PortEvent> {
    try {
      // What the program posts to its `parentPort` is for nobody.
      for (;;) yield* death;
    } catch (error) {
      const { exitCode, cause } = error instanceof WorkerExitedError ? error : {};
      return new WorkerExitedError(this.title, exitCode, cause);
    }
  }
}
