import type { CoreEvent, Coroutine, Duration, LoopEvent, Program } from 'escapement';
import { all, bodyOf, currentTask, describe, scope, warn } from 'escapement';
import type { Job } from './job.js';
import type { JobQueue } from './job-queue.js';
import type { NextJob } from './next-job.js';

export interface WorkOptions {
  /** How many jobs this process works on at a time. Default: 1. */
  readonly concurrency?: number;
  /** In ms: a job that failed is handed out again after so long. Default: 1000. */
  readonly retryAfter?: Duration;
}

/**
 * Performs jobs until the queue is closed. A job is done when its program and all tasks below it have ended. It is handed out
 * again, to any process, if it fails (which is reported: `JOB_FAILED`), if it is cancelled, or if its process dies. So a job
 * is performed **at least once**, and has to bear a second time.
 *
 * Jobs are begun in the order in which they were put. One that is handed out again comes later.
 *
 * @throws JobQueueLostError
 * @example yield* work(queue, job => resize(job.data), { concurrency: 4 });
 */
export function* work<E extends LoopEvent>(
  queue: JobQueue,
  perform: (job: Job) => Program<unknown, E>,
  { concurrency = 1, retryAfter = 1000 }: WorkOptions = {},
): Coroutine<void, E | NextJob | CoreEvent> {
  function* worker(): Coroutine<void, E | NextJob | CoreEvent> {
    const self = yield* currentTask();
    for (let job = yield* queue.next(); job !== undefined; job = yield* queue.next()) {
      try {
        yield* scope(bodyOf('work', perform(job), perform));
        job.done();
      } catch (error) {
        if (self.isCancelled) throw error;
        job.handBack(retryAfter);
        yield* warn('JOB_FAILED', `job ${job.number} failed, attempt ${job.attempt}: ${describe(error)}`);
      } finally {
        job.handBack(); // if it was cancelled; else it has ended
      }
    }
  }
  yield* all(Array.from({ length: concurrency }, worker));
}
