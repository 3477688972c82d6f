import { type MessagePort, Worker } from 'node:worker_threads';
import { epollModule } from '@escapement/io';
import { portModule } from '@escapement/workers/module';
import {
  atomicsWaitModule,
  busyWaitModule,
  type Coroutine,
  createLoop,
  type LoopEvent,
  type LoopModule,
  setTimeoutModule,
  sleepModule,
  type Yieldable,
} from 'escapement';

/** Those under which a port must work. Without Linux there is no epoll. */
export const STRATEGIES: Readonly<Record<string, LoopModule>> = {
  'busy-wait': busyWaitModule,
  'atomics-wait': atomicsWaitModule,
  'set-timeout': setTimeoutModule,
  ...(process.platform === 'linux' ? { epoll: epollModule } : {}),
};

export const loopWith = (strategy: LoopModule) => createLoop(strategy, sleepModule, portModule);

/** What the code of a thread begins with: `port`, its end of the channel, and what it needs of the packages. */
const PROLOGUE = `
  const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads');
  const { port } = workerData;
  const rest = duration => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, duration);
  const load = async () => ({
    ...(await import(${JSON.stringify(import.meta.resolve('escapement'))})),
    ...(await import(${JSON.stringify(import.meta.resolve('@escapement/workers'))})),
    ...(await import(${JSON.stringify(import.meta.resolve('@escapement/workers/module'))})),
  });
`;

/** Starts a thread with `code`, in which `port` is the other end of the channel. What it throws is no error of the test. */
export function startThread(code: string, port: MessagePort): Worker {
  const workerData = { port };
  const worker = new Worker(PROLOGUE + code, { eval: true, workerData, transferList: [port] });
  worker.on('error', () => {});
  return worker;
}

export function* errorIn<T, E extends LoopEvent>(program: Yieldable<T, E>): Coroutine<Error & { code?: string }, E> {
  try {
    yield* program;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

/** Lets the host free what has ended. */
export const hostTurns = () => new Promise<void>(resolve => setTimeout(resolve, 20));
