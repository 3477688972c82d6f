import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { Wakeup } from 'escapement';

/** Runs `code` on another thread, with the wakeup's memory as `memory` and the class as `Wakeup`. */
function onAnotherThread(memory: SharedArrayBuffer, code: string): Worker {
  const source = `
    const { workerData } = require('node:worker_threads');
    import(${JSON.stringify(import.meta.resolve('escapement'))}).then(({ Wakeup }) => {
      const wakeup = new Wakeup(workerData);
      ${code}
    });`;
  return new Worker(source, { eval: true, workerData: memory });
}

describe('Wakeup', () => {
  it('is sticky: a request stays until it is cleared', () => {
    const wakeup = new Wakeup();
    expect(wakeup.requested).to.equal(false);
    wakeup.request();
    wakeup.request();
    expect(wakeup.requested).to.equal(true);
    wakeup.clear();
    expect(wakeup.requested).to.equal(false);
  });

  it('ends an Atomics.wait that begins after the request at once', () => {
    const wakeup = new Wakeup();
    wakeup.request();
    expect(Atomics.wait(wakeup.word, 0, 0, 10_000)).to.equal('not-equal');
  });

  it('ends an Atomics.wait from another thread', async () => {
    const wakeup = new Wakeup();
    const worker = onAnotherThread(wakeup.share(), 'wakeup.request();');
    expect(Atomics.wait(wakeup.word, 0, 0, 10_000)).to.be.oneOf(['ok', 'not-equal']);
    expect(wakeup.requested).to.equal(true);
    await worker.terminate();
  });

  it('calls its watcher on a request from this thread and from another', async () => {
    const wakeup = new Wakeup();
    let calls = 0;
    const unwatch = wakeup.watch(() => calls++);
    wakeup.request();
    expect(calls).to.equal(1);
    unwatch();
    wakeup.request();
    expect(calls, 'no longer watched').to.equal(1);

    wakeup.clear();
    const worker = onAnotherThread(wakeup.share(), 'wakeup.request();');
    await new Promise<void>(resolve => {
      const stop = wakeup.watch(() => {
        stop();
        resolve();
      });
    });
    expect(wakeup.requested).to.equal(true);
    await worker.terminate();
  });

  it('loses none of ten thousand requests from another thread, however they fall', async () => {
    const wakeup = new Wakeup();
    const counters = new Int32Array(new SharedArrayBuffer(8));
    const total = 10_000;
    const source = `
      const { workerData: { memory, counters, total } } = require('node:worker_threads');
      const word = new Int32Array(memory);
      const shared = new Int32Array(counters);
      import(${JSON.stringify(import.meta.resolve('escapement'))}).then(({ Wakeup }) => {
        const wakeup = new Wakeup(memory);
        for (let n = 1; n <= total; n++) {
          Atomics.store(shared, 0, n);
          wakeup.request();
          // The next only when this one was seen: a lost one would stop everything.
          while (Atomics.load(shared, 1) < n) Atomics.wait(shared, 1, n - 1, 1000);
        }
      });`;
    const worker = new Worker(source, {
      eval: true,
      workerData: { memory: wakeup.share(), counters: counters.buffer, total },
    });
    for (let seen = 0; seen < total; ) {
      if (Atomics.wait(wakeup.word, 0, 0, 10_000) === 'timed-out') expect.fail(`lost after ${seen} requests`);
      wakeup.clear();
      seen = Atomics.load(counters, 0);
      Atomics.store(counters, 1, seen);
      Atomics.notify(counters, 1);
    }
    await worker.terminate();
  });

  it('keeps a watcher that came later when an earlier one stops', () => {
    const wakeup = new Wakeup();
    const calls: string[] = [];
    const stopFirst = wakeup.watch(() => calls.push('first'));
    wakeup.watch(() => calls.push('second'));
    stopFirst();
    wakeup.request();
    expect(calls).to.deep.equal(['second']);
  });

  it('watches for other threads again and again, also after a request from this one', async () => {
    const wakeup = new Wakeup();
    wakeup.share();
    let calls = 0;
    const turn = () => new Promise(resolve => setTimeout(resolve, 5));
    const called = async (times: number) => {
      for (let n = 0; n < 200 && calls < times; n++) await turn();
      expect(calls).to.equal(times);
    };
    /** What `request` does on another thread, which has no watcher. */
    const requestFromOutside = () => {
      Atomics.store(wakeup.word, 0, 1);
      Atomics.notify(wakeup.word, 0);
    };
    const stop = wakeup.watch(() => calls++);
    wakeup.request();
    wakeup.clear();
    await turn();
    await called(1);
    for (let n = 2; n < 5; n++) {
      requestFromOutside();
      await called(n);
      stop();
      wakeup.clear();
      wakeup.watch(() => calls++);
    }
  });

  it('is made of shared memory only', () => {
    for (const memory of [null, 5, 5n, Symbol('memory'), new ArrayBuffer(4), new Int32Array(1)]) {
      expect(() => new Wakeup(memory as never))
        .to.throw('new Wakeup got')
        .with.property('code', 'ESC_INVALID_ARGUMENT');
    }
  });
});
