import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { abortable } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, type LoopEvent, now, pause, setTimeoutModule, spawn, type Yieldable } from 'escapement';

const TRIPS = 200;
const file = fileURLToPath(import.meta.url);

/** Runs `trip` often, and prints the mean. */
function* measure<E extends LoopEvent>(what: string, trip: () => Yieldable<unknown, E>) {
  const start = yield* now();
  for (let n = 0; n < TRIPS; n++) yield* trip();
  const took = (yield* now()) - start;
  console.log(`${what}: ${((1000 * took) / TRIPS).toFixed(1)} us`);
}

function* answerOf(other: Worker | ChildProcess) {
  return yield* abortable(signal => once(other, 'message', { signal }));
}

function* startOf<O extends Worker | ChildProcess>(what: string, start: () => O) {
  const begin = yield* now();
  const started = start();
  yield* answerOf(started);
  console.log(`${what}: ${((yield* now()) - begin).toFixed(1)} ms`);
  return started;
}

function* keepPausing() {
  for (;;) yield* pause();
}

function* main() {
  yield* spawn(keepPausing, { daemon: true });
  yield* measure('to another task and back', pause);

  const thread = yield* startOf('a thread starts', () => new Worker(file));
  yield* measure('to another thread and back', function* () {
    thread.postMessage('ping');
    yield* answerOf(thread);
  });
  thread.unref();

  const child = yield* startOf('a process starts', () => fork(file, ['child']));
  yield* measure('to another process and back', function* () {
    child.send('ping');
    yield* answerOf(child);
  });
  child.disconnect();
}

/** The other side sends back what it gets. */
function echo(): void {
  parentPort?.on('message', message => parentPort?.postMessage(message)).postMessage('up');
  process.on('message', message => process.send?.(message));
  process.send?.('up');
}

if (isMainThread && process.argv[2] === undefined) await createLoop(setTimeoutModule, promiseModule).run(main);
else echo();
