import { createServer } from 'node:net';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { received, workerProgram } from '@escapement/workers';
import { all, currentTask, ensure, pause, shield, sleep } from 'escapement';
import { loopWith, STRATEGIES } from './thread.js';

// What the threads of `threads.spec.ts` run, under each strategy.

/** A word that a test reads: how far the program has come. */
function* steps(words: Int32Array) {
  try {
    Atomics.store(words, 0, 1);
    Atomics.notify(words, 0);
    yield* sleep(60_000);
  } finally {
    yield* shield(sleep(2));
    Atomics.add(words, 0, 1);
  }
}

const programs = {
  *sum(...terms: number[]) {
    yield* sleep(0.5);
    return terms.reduce((sum, term) => sum + term, 0);
  },
  *fails() {
    yield* sleep(0.5);
    const cause = new TypeError('the cause');
    throw Object.assign(new RangeError('out of range', { cause }), { code: 'OUT_OF_RANGE' });
  },
  *failsTwice() {
    yield* all([failing('one'), failing('two')]);
  },
  *throwsText() {
    yield* pause();
    throw 'only text';
  },
  steps,
  *ignoresCancellation(words: Int32Array) {
    try {
      yield* steps(words);
    } catch {}
    return 'ignored';
  },
  *failsInCleanup(words: Int32Array) {
    yield* ensure(function* () {
      yield* pause();
      throw new Error('clean-up failed');
    });
    yield* steps(words);
  },
  *cancelsItself() {
    (yield* currentTask()).cancel('by itself');
    yield* sleep(1);
  },
  *exits() {
    yield* sleep(0.5);
    process.exit(7);
  },
  *fallsApart() {
    queueMicrotask(() => {
      throw new Error('nobody catches this');
    });
    yield* sleep(0.5);
    // Under a strategy that blocks, the host gets to it at the end.
    return 'done';
  },
  *notCloneable() {
    yield* pause();
    return () => {};
  },
  *leavesThingsOpen() {
    createServer().listen(0);
    parentPort!.postMessage('for nobody');
    yield* pause();
    return 'done';
  },
  *echoes(port: MessagePort) {
    for (;;) {
      const message = yield* received(port);
      if (message === 'stop') return 'stopped';
      port.postMessage(message);
    }
  },
};

function* failing(message: string) {
  yield* shield(pause());
  throw new Error(message);
}

/** The strategy of the thread's loop. Each thread loads this module anew. */
const loop = loopWith(STRATEGIES[process.env.THREAD_STRATEGY ?? 'busy-wait']!);

export const sum = workerProgram(loop, programs.sum);
export const fails = workerProgram(loop, programs.fails);
export const failsTwice = workerProgram(loop, programs.failsTwice);
export const throwsText = workerProgram(loop, programs.throwsText);
export const waits = workerProgram(loop, programs.steps);
export const ignoresCancellation = workerProgram(loop, programs.ignoresCancellation);
export const failsInCleanup = workerProgram(loop, programs.failsInCleanup);
export const cancelsItself = workerProgram(loop, programs.cancelsItself);
export const exits = workerProgram(loop, programs.exits);
export const fallsApart = workerProgram(loop, programs.fallsApart);
export const notCloneable = workerProgram(loop, programs.notCloneable);
export const leavesThingsOpen = workerProgram(loop, programs.leavesThingsOpen);
export const echoes = workerProgram(loop, programs.echoes);
export const noProgram = 5;
