import { setTimeout as delay } from 'node:timers/promises';
import { resolved } from '@escapement/promises';
import { AckPolicy, type Consumer, type ConsumerMessages, jetstream, RetentionPolicy } from '@nats-io/jetstream';
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node';
import { type Answer, checkCount, type Duration, Fifo, type Waiter } from 'escapement';
import { Job } from './job.js';
import { NextJob } from './next-job.js';

export interface JobQueueOptions {
  /** Names the queue on the server. Processes that open the same name share the jobs. */
  readonly name: string;
  /** Default: `127.0.0.1:4222`. */
  readonly servers?: string | string[];
  /** The most jobs that this process asks for before a task takes them: 1 or more. Default: 16. */
  readonly ahead?: number;
  /** In ms: a job of which the server hears nothing for so long is handed out again. Default: 30 s. */
  readonly deadline?: Duration;
}

/** In ms: so long a request for jobs stays on the server, and so long it may take until we notice that it was lost. */
const REQUEST: Duration = 5000;
const LONGEST_GOODBYE: Duration = 2000;

/** The queue was deleted on the server, or its connection was closed for good: no job can come any more. */
export class JobQueueLostError extends Error {
  override readonly name = 'JobQueueLostError';
  readonly code = 'JOBS_QUEUE_LOST';

  constructor(queue: string, cause: unknown) {
    super(`the job queue "${queue}" was deleted on the server, or its connection closed. Open it again.`, { cause });
  }
}

/**
 * A queue of jobs on a NATS server with JetStream. Any number of processes put jobs and work on them: see `work`. Dispose of
 * it, best with `manage`: its connection keeps the process alive.
 */
export class JobQueue implements AsyncDisposable {
  /** The tasks that wait, first come, first served. For `NextJobHandler` only. */
  readonly waiting = new Set<Waiter<Job | undefined>>();
  /** The jobs that no task has taken. While there is one, no task waits. */
  readonly #ready = new Fifo<Job>();
  /** Those, and the ones that tasks work on. */
  readonly #unfinished = new Set<Job>();
  /** Not before the first `next`: a process that only puts jobs takes none. */
  #pump: Promise<void> | undefined;
  #request: ConsumerMessages | undefined;
  #roomMade = () => {};
  #isClosed = false;
  #failure: JobQueueLostError | undefined;

  private constructor(
    private readonly options: Required<JobQueueOptions>,
    private readonly connection: NatsConnection,
    private readonly consumer: Consumer,
  ) {
    // A third, so that a renewal may be late or lost.
    const renewal = setInterval(() => this.#unfinished.forEach(job => void job.renew()), options.deadline / 3);
    void connection.closed().then(() => clearInterval(renewal));
  }

  /**
   * Connects, and makes the queue on the server if there is none. From then on it reconnects by itself; meanwhile tasks wait.
   *
   * @throws InvalidCountError, and the errors of the NATS client: no server, no JetStream, a queue with another deadline
   * @example const queue = yield* manage(yield* shield(resolved(JobQueue.open({ name: 'pictures' }))));
   */
  static async open(options: JobQueueOptions): Promise<JobQueue> {
    const { name, servers = '127.0.0.1:4222', ahead = 16, deadline = 30_000 } = options;
    checkCount('ahead of JobQueue.open', ahead, 1, false, 'So many jobs may wait in this process.');
    const connection = await connect({ servers, name, maxReconnectAttempts: -1 });
    try {
      const client = jetstream(connection);
      const { streams, consumers } = await client.jetstreamManager();
      await streams.add({ name, subjects: [name], retention: RetentionPolicy.Workqueue });
      await consumers.add(name, { durable_name: name, ack_policy: AckPolicy.Explicit, ack_wait: nanos(deadline) });
      return new JobQueue({ name, servers, ahead, deadline }, connection, await client.consumers.get(name, name));
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** Adds a job, and returns when it is stored. The server drops a second one with the same `id` within two minutes. */
  *put(data: string | Uint8Array, id?: string) {
    const { name } = this.options;
    yield* resolved(jetstream(this.connection).publish(name, data, id === undefined ? {} : { msgID: id }));
  }

  /** The next job: end it, with `done` or `handBack`. Undefined once the queue is closed. @throws JobQueueLostError */
  next(): NextJob {
    return new NextJob(this);
  }

  /** For `NextJob` only. */
  takeNow(): Answer<Job | undefined> | undefined {
    this.#pump ??= this.#takeFromServer();
    const job = this.#ready.shift();
    if (job === undefined && this.#failure !== undefined) throw this.#failure;
    if (job === undefined && !this.#isClosed) return undefined;
    if (this.#hasRoom()) this.#roomMade();
    return { done: true, value: job };
  }

  /** Hands back all jobs that have not ended, and tells the server. If that is away, they come back after their deadline. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#roomMade();
    this.#request?.close();
    await this.#pump;
    this.#ready.clear();
    for (const job of this.#unfinished) job.handBack();
    this.#settleAll(waiter => waiter.resolve(undefined));
    if (this.connection.isClosed()) return;
    await Promise.race([this.connection.drain(), delay(LONGEST_GOODBYE, undefined, { ref: false })]);
    await this.connection.close();
  }

  /** The back-pressure: asks for as many jobs as there is room for, and for no more until they have come. */
  async #takeFromServer(): Promise<void> {
    while (!this.#isClosed && this.#failure === undefined) {
      try {
        const room = this.options.ahead - this.#ready.size;
        if (this.#hasRoom()) await this.#ask(room);
        else await new Promise<void>(resolve => (this.#roomMade = resolve));
      } catch (error) {
        await this.#giveUpOrWait(error);
      }
    }
  }

  async #ask(count: number): Promise<void> {
    this.#request = await this.consumer.fetch({ max_messages: count, expires: REQUEST });
    if (this.#isClosed) this.#request.close();
    for await (const message of this.#request) this.#arrived(new Job(message, this.#unfinished));
  }

  /** For half of them, because a request for each job would cost a round trip for each. */
  #hasRoom(): boolean {
    return this.#ready.size <= this.options.ahead / 2;
  }

  #arrived(job: Job): void {
    const [first] = this.waiting;
    // After a reconnect the client asks again for all of a request, also for what has come.
    if (this.#isClosed || this.#ready.size === this.options.ahead) job.handBack();
    else if (first === undefined) this.#ready.push(job);
    else {
      this.waiting.delete(first);
      first.resolve(job);
    }
  }

  /** Most errors pass when the server is back. It is the end if the server says that there is no such queue. */
  async #giveUpOrWait(cause: unknown): Promise<void> {
    const isGone = ({ name }: Error) => name === 'ConsumerNotFoundError' || name === 'StreamNotFoundError';
    const isLost = this.connection.isClosed() || (await this.consumer.info().then(() => false, isGone));
    if (!isLost) return delay(250);
    this.#failure = new JobQueueLostError(this.options.name, cause);
    this.#settleAll(waiter => waiter.reject(this.#failure));
  }

  #settleAll(settle: (waiter: Waiter<Job | undefined>) => void): void {
    this.waiting.forEach(settle);
    this.waiting.clear();
  }
}
