import type { Duration } from '@escapement/core';
import { WebSocket } from 'ws';
import { LookError } from './errors.js';
import type { Inspector } from './open-inspector.js';

/** The answer to a request, or an event. */
interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

interface AttachedWorker {
  readonly sessionId: string;
  /** The title begins with the number of the thread: `[worker 2] name`. */
  readonly workerInfo: { readonly title: string };
}

interface MessageFromWorker {
  readonly sessionId: string;
  readonly message: string;
}

interface Evaluated<T> {
  readonly result: { readonly value: T };
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
}

/**
 * Talks to a thread in the Chrome DevTools protocol: to the main thread through a WebSocket, to a worker through the session of
 * the thread that has started it. A thread answers wherever it runs JavaScript, also in the middle of a step, and while it is
 * in `Atomics.wait`.
 */
export class InspectorSession {
  readonly #pending = new Map<number, Pending>();
  readonly #workers = new Map<string, InspectorSession>();
  #lastId = 0;
  #areWorkersAttached = false;
  #isClosed = false;

  private constructor(
    /** `main thread`, or what Node calls the worker. */
    readonly name: string,
    private readonly send: (text: string) => void,
    /** Resolves when the connection is closed, by whomever. */
    readonly closed: Promise<void>,
    /** Closes the connection. */
    readonly close: () => void,
    private readonly inspector: Inspector,
    private readonly isWorker = false,
  ) {}

  /** A session of the main thread. @throws LookError if the connection fails */
  static async open(inspector: Inspector): Promise<InspectorSession> {
    const socket = new WebSocket(inspector.url, { perMessageDeflate: false, maxPayload: 2 ** 30 });
    const opened = new Promise<boolean>(resolve => socket.once('open', () => resolve(true)));
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    // It closes after any error.
    socket.on('error', () => {});
    const session = new InspectorSession(
      'main thread',
      text => socket.send(text, () => {}),
      closed,
      () => socket.terminate(),
      inspector,
    );
    socket.on('message', data => session.received(String(data)));
    void closed.then(() => session.failAll());
    if (await Promise.race([opened, closed])) return session;
    throw connectionClosed();
  }

  /**
   * What `expression` evaluates to in the thread. One that does not end is terminated, and the thread goes on.
   * @param patience in milliseconds
   * @throws LookError if no answer comes in time; an error with the message of what the expression throws
   */
  async evaluate<T>(expression: string, patience: Duration): Promise<T> {
    // The thread must have the time to tell that it was terminated.
    const params = { expression, returnByValue: true, timeout: 0.75 * patience };
    const answer = await this.request('Runtime.evaluate', params, patience).catch((error: Error) => {
      throw error.message === TERMINATED ? endless(this.name, params.timeout) : error;
    });
    const { result, exceptionDetails } = answer as Evaluated<T>;
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  /**
   * The sessions of the workers that this thread has started and that have not ended.
   * @param patience in milliseconds
   * @throws LookError if no answer comes in time
   */
  async workers(patience: Duration): Promise<InspectorSession[]> {
    if (!this.#areWorkersAttached) await this.request('NodeWorker.enable', { waitForDebuggerOnStart: false }, patience);
    this.#areWorkersAttached = true;
    return [...this.#workers.values()].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  }

  /**
   * The result of a command of the protocol.
   * @param patience in milliseconds
   * @throws LookError if no answer comes in time
   */
  request(method: string, params: object, patience: Duration): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.post(method, params);
      const timer = setTimeout(() => this.#pending.get(id)?.reject(noAnswer(this.name, patience)), patience);
      const stopNudges = this.inspector.nudger?.start(this.isWorker);
      const settled = () => {
        clearTimeout(timer);
        stopNudges?.();
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: result => {
          settled();
          resolve(result);
        },
        reject: error => {
          settled();
          reject(error);
        },
      });
    });
  }

  /** Sends a command, and does not wait for its result. @returns its number */
  post(method: string, params: object): number {
    const id = ++this.#lastId;
    this.send(JSON.stringify({ id, method, params }));
    return id;
  }

  private received(text: string): void {
    const { id, result, error, method, params } = JSON.parse(text) as Message;
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (error !== undefined) pending?.reject(new Error(error.message));
    else if (id !== undefined) pending?.resolve(result);
    else if (method === 'NodeWorker.attachedToWorker') this.#attached(params as AttachedWorker);
    else if (method === 'NodeWorker.detachedFromWorker') this.#detached(params as AttachedWorker);
    else if (method === 'NodeWorker.receivedMessageFromWorker') {
      const { sessionId, message } = params as MessageFromWorker;
      this.#workers.get(sessionId)?.received(message);
    }
  }

  #attached({ sessionId, workerInfo }: AttachedWorker): void {
    const send = (message: string) => void this.post('NodeWorker.sendMessageToWorker', { sessionId, message });
    const { closed, close, inspector } = this;
    this.#workers.set(sessionId, new InspectorSession(workerInfo.title, send, closed, close, inspector, true));
  }

  #detached({ sessionId }: Pick<AttachedWorker, 'sessionId'>): void {
    this.#workers.get(sessionId)?.failAll();
    this.#workers.delete(sessionId);
  }

  /** @throws LookError if the connection was closed */
  checkIsOpen(): void {
    if (this.#isClosed) throw connectionClosed();
  }

  private failAll(): void {
    this.#isClosed = true;
    for (const { reject } of [...this.#pending.values()]) reject(connectionClosed());
    for (const worker of this.#workers.values()) worker.failAll();
  }
}

function noAnswer(thread: string, patience: Duration): LookError {
  return new LookError(
    'ESC_NO_ANSWER',
    `The ${thread} did not answer within ${patience / 1000} s. It is probably in a system call or an addon, where no JavaScript runs. --timeout <s> waits longer.`,
  );
}

/** What V8 says of an evaluation that took longer than its `timeout`. */
const TERMINATED = 'Execution was terminated';

function endless(thread: string, limit: Duration): LookError {
  return new LookError(
    'ESC_NO_ANSWER',
    `The look at the ${thread} was ended after ${limit / 1000} s, and the thread goes on. The toString of an event there probably does not end. If it is only slow, --timeout <s> waits longer.`,
  );
}

function connectionClosed(): LookError {
  return new LookError(
    'ESC_CONNECTION_CLOSED',
    'The connection was closed: the thread has ended, or another command has closed the inspector of the process.',
  );
}
