import { MessagePort, Worker } from 'node:worker_threads';
import { describe, InvalidArgumentError } from '@escapement/core';
import type { ThreadPort, WorkerThread } from './port-types.js';

/** @throws InvalidArgumentError */
export function checkPort(caller: string, port: ThreadPort | WorkerThread): MessagePort | Worker {
  if (port instanceof MessagePort || port instanceof Worker) return port;
  const advice = port === null ? ' In the main thread, `parentPort` is null.' : '';
  const fault = `${caller} got ${describe(port)}, expected a MessagePort or a Worker.${advice}`;
  throw new InvalidArgumentError('ESC_NOT_A_PORT', fault);
}
