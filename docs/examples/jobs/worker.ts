import { parseArgs } from 'node:util';
import { manage, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, setTimeoutModule, shield, sleep, sleepModule } from 'escapement';
import type { Job } from './job.js';
import { JobQueue } from './job-queue.js';
import { jobModule } from './next-job.js';
import { work } from './work.js';

/** What a job here consists of: to wait, and to fail the first few times. */
interface Task {
  readonly wait: number;
  readonly failures?: number;
}

const { values: options } = parseArgs({
  options: {
    servers: { type: 'string', default: '127.0.0.1:4222' },
    queue: { type: 'string', default: 'jobs' },
    concurrency: { type: 'string', default: '4' },
    ahead: { type: 'string', default: '16' },
    deadline: { type: 'string', default: '30000' },
    'retry-after': { type: 'string', default: '1000' },
  },
});

function* perform(job: Job) {
  const { wait, failures = 0 } = JSON.parse(Buffer.from(job.data).toString()) as Task;
  console.log(`began ${job.number} attempt ${job.attempt}`);
  yield* sleep(wait);
  if (job.attempt <= failures) throw new Error(`not before attempt ${failures + 1}`);
  console.log(`did ${job.number} attempt ${job.attempt}`);
}

const numberOf = (name: keyof typeof options) => Number(options[name]);
const queueOptions = {
  name: options.queue,
  servers: options.servers,
  ahead: numberOf('ahead'),
  deadline: numberOf('deadline'),
};
const workOptions = { concurrency: numberOf('concurrency'), retryAfter: numberOf('retry-after') };

// #region main
function* main() {
  const queue = yield* manage(yield* shield(resolved(JobQueue.open(queueOptions))));
  console.log('ready');
  yield* work(queue, perform, workOptions);
}

// Jobs that have not ended are handed back, and other processes get them at once.
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  await createLoop(setTimeoutModule, sleepModule, promiseModule, jobModule).run(main, stop);
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
// #endregion main
