import { pause, spawn } from '@escapement/core';
import { busyWaitModule } from '@escapement/strategies/module';
import { Lock, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { createLoop } from '@escapement/wiring';

const jobs = new Queue<string>({ capacity: 2, name: 'jobs' });
const printer = new Lock('printer');

function* work(worker: string) {
  function* print(job: string) {
    console.log(`${worker} begins with ${job}`);
    yield* pause(); // others run, but none of them prints
    console.log(`${worker} is done with ${job}`);
  }
  yield* jobs.forEach(function* (job) {
    yield* printer.with(print(job));
  });
}

createLoop(busyWaitModule, syncModule).runSync(function* () {
  yield* spawn(work('Ann'), { name: 'Ann' });
  yield* spawn(work('Bob'), { name: 'Bob' });
  for (const job of ['a letter', 'a poster', 'a book']) yield* jobs.put(job); // waits while the queue holds two
  jobs.close(); // the items in the queue are still printed
});
