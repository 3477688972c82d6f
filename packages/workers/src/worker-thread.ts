import { workerData } from 'node:worker_threads';
import type { ThreadData } from './loop-in-worker.js';
import { recordOf } from './thrown-record.js';

/** What of the program is still open so long after its end, a server or a timer, is cut off. In milliseconds. */
const LONGEST_EXIT = 1000;

const { url, name, args, port } = workerData as ThreadData;

async function main(): Promise<void> {
  const exported = (await import(url))[name];
  const run = exported?.[Symbol.for('escapement.runInThread')];
  if (typeof run !== 'function') {
    const found = exported === undefined ? 'nothing' : `a value of type ${typeof exported}`;
    throw new TypeError(`${url} exports ${found} as "${name}", expected what workerProgram(loop, program) returned.`);
  }
  await run.call(exported, port, args);
}

// Before anybody decides what becomes of it.
process.on('uncaughtExceptionMonitor', error => port.postMessage({ crashed: recordOf(error) }));
main()
  .catch(error => port.postMessage({ thrown: recordOf(error) }))
  .finally(() => setTimeout(() => process.exit(), LONGEST_EXIT).unref());
