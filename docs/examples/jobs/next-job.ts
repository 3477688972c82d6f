import { type Answer, EventHandler, handlerModule, ImmediateEvent, type Waiter } from 'escapement';
import type { Job } from './job.js';
import type { JobQueue } from './job-queue.js';

/** Waits for the next job of a queue; undefined once the queue is closed. */
export class NextJob extends ImmediateEvent<Job | undefined> {
  override readonly kind = 'next-job';

  constructor(readonly queue: JobQueue) {
    super();
  }

  override attempt(): Answer<Job | undefined> | undefined {
    return this.queue.takeNow();
  }
}

/** The queue settles the waiters, in the callbacks of its connection. So the host has to run. */
export class NextJobHandler extends EventHandler<NextJob> {
  override readonly handles = NextJob;
  override readonly needsHost = true;
  readonly #queues = new Set<JobQueue>();

  override arm({ queue }: NextJob, waiter: Waiter<Job | undefined>): void {
    this.#queues.add(queue);
    queue.waiting.add(waiter);
  }

  override disarm({ queue }: NextJob, waiter: Waiter<Job | undefined>): void {
    queue.waiting.delete(waiter);
  }

  override inFlight(): number {
    let count = 0;
    for (const { waiting } of this.#queues) count += waiting.size;
    return count;
  }

  override close(): void {
    this.#queues.clear();
  }
}

export const jobModule = handlerModule(NextJobHandler);
