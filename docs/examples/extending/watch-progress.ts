import { Worker } from 'node:worker_threads';
import { atomicsWaitModule, createLoop } from 'escapement';
import { Progress, progressModule } from './progress.js';

function* main() {
  const progress = new Progress();
  const { link } = progress;
  new Worker(new URL('./progress-thread.js', import.meta.url), { workerData: link, transferList: [link.port] });

  yield* progress.reached(500);
  console.log('half of it is done');
  try {
    yield* progress.reached(2000);
  } catch (error) {
    console.log((error as Error).message);
  }
}

// This loop blocks its thread, so nothing of the host runs.
createLoop(atomicsWaitModule, progressModule).runSync(main);
