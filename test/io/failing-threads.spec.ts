import { EpollSelector, Interest, readable } from '@escapement/io';
import { close, PosixError, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import { EventHandler, LoopEvent, sleep, spawn, type Task, timeout, type Waiter, type Wakeup } from 'escapement';
import { byte, eventually, givingBackAll, ioLoop, readSome, settleDown } from './io-loop.js';
import { forgetWorkers, knowWorkers, made, RealWorker } from './known-workers.js';

/** Another thread raises the flag. */
class FlagRaised extends LoopEvent<void> {
  override readonly kind = 'flag raised';
}
class FlagHandler extends EventHandler<FlagRaised> {
  override readonly handles = FlagRaised;
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiters = new Set<Waiter<void>>();
  wakeup: Wakeup | undefined;

  override arm(_event: FlagRaised, waiter: Waiter<void>): void {
    this.#waiters.add(waiter);
  }
  override disarm(_event: FlagRaised, waiter: Waiter<void>): void {
    this.#waiters.delete(waiter);
  }
  override inFlight(): number {
    return this.#waiters.size;
  }
  override poll(): void {
    if (Atomics.load(this.flag, 0) === 0) return;
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
  }
  override beforeSleep(wakeup: Wakeup): void {
    this.wakeup = wakeup;
    wakeup.share();
  }
  raiseAfter(delay: number): void {
    const source = `
      const { workerData: { flag, memory, delay } } = require('node:worker_threads');
      Atomics.wait(flag, 0, 0, delay);
      Atomics.store(flag, 0, 1);
      const word = new Int32Array(memory);
      Atomics.store(word, 0, 1);
      Atomics.notify(word, 0);`;
    const workerData = { flag: this.flag, memory: this.wakeup!.share(), delay };
    new RealWorker(source, { eval: true, workerData }).unref();
  }
}

/** For `knowWorkers`: runs `prelude` before the thread's own code. */
function withPrelude(prelude: string) {
  return (code: string | URL, options: object | undefined): [string, object] => [
    `${prelude};\n${code}`,
    { ...options },
  ];
}

describe('io: the wakeup relay of the epoll strategy', () => {
  givingBackAll();
  afterEach(forgetWorkers);

  it('stops at once even if its thread is slow to wait', async function () {
    // The fault holds up each try, a busy machine one of them.
    this.retries(3);
    // Delays each wait on a wakeup: those are the waits on a single word.
    const slow = `
      const { wait } = Atomics;
      const never = new Int32Array(new SharedArrayBuffer(8));
      Atomics.wait = (words, ...rest) => {
        if (words.length === 1) wait(never, 0, 0, 100);
        return wait(words, ...rest);
      }`;
    knowWorkers(withPrelude(slow));
    const handler = new FlagHandler();
    const { loop } = ioLoop('epoll', EpollSelector, { handlers: [handler] });
    let endedAt = 0;
    await loop.run(function* () {
      yield* sleep(500);
      // It signals, and works again in the next sleep, which ends at once.
      handler.wakeup!.request();
      Atomics.wait(handler.flag, 0, 0, 300);
      yield* sleep(1);
      endedAt = performance.now();
    });
    expect(made).to.have.lengthOf(1);
    expect(performance.now() - endedAt).to.be.below(700);
  });

  it('that dies leaves a loop that still notices requests', async () => {
    knowWorkers();
    const handler = new FlagHandler();
    const { loop } = ioLoop('epoll', EpollSelector, { handlers: [handler] });
    await loop.run(function* () {
      yield* sleep(500);
      void made.at(-1)!.terminate();
      yield* sleep(50);
      handler.raiseAfter(100);
      const start = performance.now();
      yield* timeout(12_000, new FlagRaised());
      expect(performance.now() - start, 'once a second the loop looks by itself').to.be.below(6000);
    });
  });

  it('is not needed where the selector has no room for its counter', async () => {
    class Full extends EpollSelector {
      refusals = 0;
      override watch(fd: number, interest: Interest): boolean {
        if (interest !== Interest.none && this.refusals++ === 0)
          throw new PosixError(28, 'epoll_ctl', `descriptor ${fd}`);
        return super.watch(fd, interest);
      }
    }
    const handler = new FlagHandler();
    const { loop, selector } = ioLoop('epoll', Full, { handlers: [handler] });
    await loop.run(function* () {
      yield* sleep(20);
      expect(selector).to.have.property('refusals', 1);
      handler.raiseAfter(10);
      yield* timeout(10_000, new FlagRaised());
    });
  });
});

describe('io: the threads of many runs', () => {
  givingBackAll();
  afterEach(forgetWorkers);

  it('do not pile up if the host gets no turn in between', () => {
    knowWorkers();
    const { reader, writer } = pipe();
    const { loop, counts } = ioLoop('atomics-wait');
    for (let n = 0; n < 10; n++) {
      loop.runSync(function* () {
        const reading: Task<number> = yield* spawn(readSome(reader));
        yield* settleDown(counts);
        write(writer, byte);
        yield* timeout(800, reading.join());
      });
    }
    expect(made).to.have.lengthOf(1);
    close(reader);
    close(writer);
  });

  it('have exited after a turn of the host', async () => {
    knowWorkers();
    const { reader, writer } = pipe();
    const { loop, counts } = ioLoop('atomics-wait');
    for (let n = 0; n < 3; n++) {
      let isGone = false;
      loop.runSync(function* () {
        const idle = yield* spawn(readable(reader));
        yield* settleDown(counts);
        made.at(-1)!.on('exit', () => {
          isGone = true;
        });
        idle.cancel();
      });
      await eventually(() => isGone, 'the thread is gone');
    }
    expect(made).to.have.lengthOf(3);
    close(reader);
    close(writer);
  });
});

describe('io: a thread that fails', () => {
  givingBackAll();
  afterEach(forgetWorkers);

  for (const strategy of ['atomics-wait', 'set-timeout']) {
    it(`during its work does not delay the loop while it is replaced, under ${strategy}`, async () => {
      knowWorkers();
      const { reader, writer } = pipe();
      const { loop, counts } = ioLoop(strategy);
      await loop.run(function* () {
        const idle = yield* spawn(readable(reader));
        yield* settleDown(counts);
        void made.at(-1)!.terminate();
        let worst = 0;
        for (let n = 0; n < 900 && made.length < 2; n++) {
          const start = performance.now();
          yield* sleep(10);
          worst = Math.max(worst, performance.now() - start);
        }
        expect(made).to.have.lengthOf(2);
        expect(worst).to.be.below(1000);
        idle.cancel();
      });
      close(reader);
      close(writer);
    });
  }

  for (const code of ['ERR_WORKER_INIT_FAILED', 'ERR_ACCESS_DENIED']) {
    it(`to start, with ${code}, leaves a loop that polls by itself`, async () => {
      let tries = 0;
      knowWorkers(() => {
        tries++;
        throw Object.assign(new Error(`no thread, ${code}`), { code });
      });
      const { reader, writer } = pipe();
      const { warn } = console;
      const warnings: string[] = [];
      console.warn = text => warnings.push(text);
      for (let run = 1; run <= 2; run++) {
        await ioLoop('atomics-wait').loop.run(function* () {
          const reading: Task<number> = yield* spawn(readSome(reader));
          yield* sleep(100);
          write(writer, byte);
          yield* timeout(800, reading.join());
        });
        expect(tries).to.equal(run);
      }
      console.warn = warn;
      expect(warnings, 'once').to.have.lengthOf(1);
      expect(warnings[0]).to.match(/^ESC_HELPER_THREAD_FAILED: .* no thread/);
      close(reader);
      close(writer);
    });
  }

  it('to start for another reason fails the run', async () => {
    knowWorkers(() => {
      throw new TypeError('of the host');
    });
    const { reader, writer } = pipe();
    const error = await ioLoop('atomics-wait')
      .loop.run(function* () {
        yield* spawn(readable(reader));
        yield* sleep(100);
      })
      .catch(thrown => thrown);
    expect(String(error)).to.include('of the host');
    close(reader);
    close(writer);
  });
});
