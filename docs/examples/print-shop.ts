import { main } from '@escapement/host';
import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  Cancelled,
  createLoop,
  exponential,
  retry,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';

const jobs = new Queue<string>({ capacity: 10, name: 'jobs' });

function* print(job: string, attempt: number) {
  yield* sleep(job === 'a map' ? 10_000 : 5); // nobody waits that long for a map
  if (job === 'a poster' && attempt === 1) throw new Error('out of paper');
}

function* work(printer: string) {
  yield* jobs.forEach(function* (job) {
    try {
      yield* retry(attempt => timeout(50, print(job, attempt)), { attempts: 3, backoff: exponential(10) });
      console.log(`${printer}: ${job}`);
    } catch (error) {
      if (error instanceof Cancelled) throw error; // Ctrl-C ends the program, not the job
      const why = error instanceof TimeoutError ? 'it took too long' : String(error);
      console.log(`${printer}: no ${job.slice(2)}, ${why}`);
    }
  });
}

function* shop() {
  yield* spawn(work('left'));
  yield* spawn(work('right'));
  for (const job of ['a letter', 'a map', 'a poster']) yield* jobs.put(job);
  jobs.close(); // the workers end when the queue is empty
}

await main(createLoop(setTimeoutModule, sleepModule, syncModule), shop);
