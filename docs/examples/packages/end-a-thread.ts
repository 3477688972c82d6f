import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { eventCounter, raise } from '@escapement/posix';

/** Settles when the worker has imported everything, or has failed to. */
function loaded(worker: Worker): Promise<unknown> {
  return Promise.race([once(worker, 'message'), once(worker, 'exit')]);
}

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  await loaded(worker); // before it, `terminate` could abort the whole process
  await worker.terminate();
  console.log('ended');
} else {
  parentPort!.postMessage('loaded'); // the first statement: all imports are done by now
  const counter = eventCounter();
  setInterval(() => raise(counter), 10);
}
