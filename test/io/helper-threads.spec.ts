import { spawn as spawnProcess, spawnSync } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Worker as NodeWorker } from 'node:worker_threads';
import { EpollSelector, EpollStrategy, IoHandler, PollSelector, readable } from '@escapement/io';
import { close, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import {
  EventHandler,
  EventLoop,
  LoopEvent,
  PerformanceClock,
  SleepHandler,
  SleepStrategy,
  sleep,
  spawn,
  type Task,
  timeout,
  type Waiter,
  type Wakeup,
} from 'escapement';
import { byte, eventually, givingBackAll, ioLoop, readSome, settleDown, threads } from './io-loop.js';
import { forgetWorkers, knowWorkers, made, RealWorker } from './known-workers.js';

/** A descriptor becomes readable after 20 ms, again and again; each time the loop has to notice it long before the next check. */
function* pingsAreNoticed(count: number) {
  const { reader, writer } = pipe();
  for (let n = 0; n < count; n++) {
    const reading: Task<number> = yield* spawn(readSome(reader));
    yield* sleep(20);
    write(writer, byte);
    yield* timeout(800, reading.join());
  }
  close(reader);
  close(writer);
}

/** In the first sleep that only the thread is to end, lets something happen, and waits for the thread alone. */
class WritesInSleep extends SleepStrategy {
  override readonly alias = 'writes-in-sleep';
  override readonly waits = 'blocks';
  override readonly clock = new PerformanceClock();
  onLongSleep: (() => void) | undefined;
  wasWoken = false;

  override sleep(until: number, wakeup: Wakeup): void {
    const duration = until - this.clock.now();
    const happens = duration > 100 && !wakeup.requested ? this.onLongSleep : undefined;
    if (happens === undefined) {
      Atomics.wait(wakeup.word, 0, 0, Math.min(duration, 100));
      return;
    }
    this.onLongSleep = undefined;
    happens();
    Atomics.wait(wakeup.word, 0, 0, 10_000);
    this.wasWoken = wakeup.requested;
  }
}

describe('io: the thread that watches the selector', () => {
  givingBackAll();
  beforeEach(() => knowWorkers());
  afterEach(forgetWorkers);

  it('starts when the loop sleeps for a descriptor, serves all the sleeps of a run, and exits afterwards', async () => {
    const { loop, counts } = ioLoop('set-timeout');
    const before = threads();
    await loop.run(function* () {
      yield* sleep(5);
      expect(made).to.have.lengthOf(0);
      yield* pingsAreNoticed(3);
      const { reader, writer } = pipe();
      const waiting = yield* spawn(readable(reader));
      yield* settleDown(counts);
      waiting.cancel();
      close(reader);
      close(writer);
      yield* pingsAreNoticed(10);
      expect(made).to.have.lengthOf(1);
    });
    await eventually(() => threads() <= before, 'the thread is gone');
  });

  it('is not started for a wait that ends sooner than a thread starts', async () => {
    for (let n = 0; n < 20; n++) {
      await ioLoop('atomics-wait').loop.run(function* () {
        const { reader, writer } = pipe();
        const reading = yield* spawn(readSome(reader));
        yield* sleep(2);
        write(writer, byte);
        yield* reading.join();
        close(reader);
        close(writer);
      });
    }
    expect(made.length, 'it may have been slow now and then').to.be.below(10);
  });

  it('is not started under a strategy that spins, nor under one that sleeps in the selector', async () => {
    for (const strategy of ['busy-wait', 'epoll']) await ioLoop(strategy).loop.run(pingsAreNoticed(5));
    expect(made).to.have.lengthOf(0);
  });

  it('is made under a strategy that sleeps in another selector than the handler', async () => {
    const strategy = new EpollStrategy(new PerformanceClock(), new EpollSelector());
    const handlers = [new IoHandler(new EpollSelector()), new SleepHandler(strategy.clock)];
    await new EventLoop({ strategy, handlers }).run(pingsAreNoticed(5));
    expect(made.length).to.be.above(0);
  });

  for (const strategy of ['set-timeout', 'atomics-wait']) {
    it(`is replaced when it dies, under ${strategy}, and the loop notices everything that becomes ready`, async function () {
      this.timeout(40_000);
      const { loop, counts } = ioLoop(strategy);
      await loop.run(function* () {
        const { reader, writer } = pipe();
        for (const state of ['at work', 'parked']) {
          const idle = yield* spawn(readable(reader));
          yield* settleDown(counts);
          const dying = made.at(-1)!;
          if (state === 'parked') idle.cancel();
          void dying.terminate();
          for (let n = 0; n < 12 && made.at(-1) === dying; n++) {
            const reading = yield* spawn(readSome(reader));
            yield* sleep(500);
            write(writer, byte);
            // The loop polls at least once a second.
            yield* timeout(3000, reading.join());
          }
          expect(made.at(-1), state).not.to.equal(dying);
          idle.cancel();
          const other = yield* spawn(readable(reader));
          yield* settleDown(counts);
          other.cancel();
          yield* pingsAreNoticed(5);
        }
        close(reader);
        close(writer);
      });
    });
  }

  it('may start late: until it is up the loop polls by itself', async () => {
    for (let n = 0; n < 20; n++) await ioLoop('atomics-wait').loop.run(pingsAreNoticed(1));
  });

  it('wakes the loop that sleeps, not another one that had the handler just before', () => {
    const handler = new IoHandler(new EpollSelector());
    for (let n = 0; n < 2; n++) {
      const strategy = new WritesInSleep();
      const loop = new EventLoop({ strategy, handlers: [handler] });
      loop.runSync(function* () {
        const { reader, writer } = pipe();
        strategy.onLongSleep = () => write(writer, byte);
        yield* readSome(reader);
        close(reader);
        close(writer);
      });
      expect(strategy.wasWoken, `in run ${n}`).to.equal(true);
    }
  });

  it('is replaced when the list outgrows its memory, and the loop notices what becomes ready meanwhile', async () => {
    const { loop, counts } = ioLoop('atomics-wait', PollSelector);
    await loop.run(function* () {
      const first = pipe();
      const waiting: Task<unknown>[] = [yield* spawn(readable(first.reader))];
      yield* settleDown(counts);
      expect(made).to.have.lengthOf(1);
      const pipes = Array.from({ length: 100 }, () => pipe());
      for (const { reader } of pipes) waiting.push(yield* spawn(readable(reader)));
      const program = `require('fs').writeSync(3, 'x')`;
      spawnProcess(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit', pipes[50]!.writer] });
      const checks = counts.sleeps;
      // Without deadlines of others the first sleep would be as long as the check allows.
      yield* waiting[51]!.join();
      expect(counts.sleeps - checks, 'it slept in small pieces until the new thread was up').to.be.above(3);
      expect(made).to.have.lengthOf(2);
      for (const task of waiting) task.cancel();
      for (const { reader, writer } of [first, ...pipes]) {
        close(reader);
        close(writer);
      }
    });
  });

  it('does not cause a warning of leaked listeners, if many loops have one', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const before = process.listenerCount('exit');
    await Promise.all(Array.from({ length: 12 }, () => ioLoop('set-timeout').loop.run(pingsAreNoticed(1))));
    await new Promise(resolve => setTimeout(resolve, 10));
    process.off('warning', note);
    expect(warnings.map(String)).to.deep.equal([]);
    // One listener for all threads, while there is at least one.
    expect(process.listenerCount('exit')).to.be.at.most(before + 1);
  });

  it('fails the run with an error if the epoll descriptor is closed', async () => {
    class Exposed extends EpollSelector {
      override close(): void {
        try {
          super.close();
        } catch {
          // It is closed already.
        }
      }
    }
    const { loop, selector, counts } = ioLoop('atomics-wait', Exposed);
    const { reader, writer } = pipe();
    const error = await loop
      .run(function* () {
        yield* spawn(readable(reader));
        yield* settleDown(counts);
        const found: number[] = [];
        selector.describeTo({ add: (fd: number) => found.push(fd) } as never);
        closeSync(found[0]!);
      })
      .catch(thrown => thrown);
    expect(String(error)).to.include('epoll_wait');
    close(reader);
    close(writer);
  });
});

/** Another thread requests the wakeup `count` times, each time after the loop has seen the request before. */
class Rung extends LoopEvent<void> {
  override readonly kind = 'rung';
}
class RungHandler extends EventHandler<Rung> {
  override readonly handles = Rung;
  readonly counters = new Int32Array(new SharedArrayBuffer(8));
  readonly #waiters = new Set<Waiter<void>>();
  #worker: NodeWorker | undefined;
  #seen = 0;

  constructor(readonly total: number) {
    super();
  }
  override arm(_event: Rung, waiter: Waiter<void>): void {
    if (this.isOver) waiter.resolve();
    else this.#waiters.add(waiter);
  }
  get isOver(): boolean {
    return this.#seen === this.total;
  }
  override disarm(_event: Rung, waiter: Waiter<void>): void {
    this.#waiters.delete(waiter);
  }
  override inFlight(): number {
    return this.#waiters.size;
  }
  override poll(): void {
    const seen = Atomics.load(this.counters, 0);
    if (seen === this.#seen) return;
    this.#seen = seen;
    for (const waiter of this.#waiters) waiter.resolve();
    this.#waiters.clear();
    Atomics.store(this.counters, 1, seen);
    Atomics.notify(this.counters, 1);
  }
  override beforeSleep(wakeup: Wakeup): void {
    const source = `
      const { workerData: { memory, counters, total } } = require('node:worker_threads');
      const word = new Int32Array(memory);
      for (let n = 1; n <= total; n++) {
        Atomics.store(counters, 0, n);
        Atomics.store(word, 0, 1);
        Atomics.notify(word, 0);
        while (Atomics.load(counters, 1) < n) Atomics.wait(counters, 1, n - 1, 5000);
        // So that in some rounds the loop falls asleep first, or is about to.
        if (n % 10 === 0) Atomics.wait(counters, 1, n, 1);
        for (let spin = 0; spin < (n * 7919) % 20000; spin++);
      }`;
    this.#worker ??= new RealWorker(source, {
      eval: true,
      workerData: { memory: wakeup.share(), counters: this.counters, total: this.total },
    });
    this.#worker.unref();
  }
}

describe('io: the wakeup relay of the epoll strategy', () => {
  givingBackAll();

  for (const [name, Kind] of Object.entries({ epoll: EpollSelector, poll: PollSelector })) {
    it(`loses none of two thousand requests, and signals each once: ${name} selector`, async function () {
      this.timeout(60_000);
      const selector = new Kind();
      const strategy = new EpollStrategy(new PerformanceClock(), selector);
      const handler = new RungHandler(2000);
      let sleeps = 0;
      const counter = { sleepStarted: () => sleeps++ };
      const loop = new EventLoop({
        strategy,
        handlers: [handler, new SleepHandler(strategy.clock)],
        instruments: [counter],
      });
      await loop.run(function* () {
        while (!handler.isOver) yield* timeout(10_000, new Rung());
        expect(sleeps / handler.total, 'sleeps for each request').to.be.below(50);
        yield* sleep(20);
        const before = sleeps;
        yield* sleep(300);
        expect(sleeps - before, 'nobody rings').to.be.below(20);
      });
    });
  }

  it('wakes a loop that waits for a descriptor in another selector', async () => {
    const strategy = new EpollStrategy(new PerformanceClock(), new EpollSelector());
    const handlers = [new IoHandler(new PollSelector()), new SleepHandler(strategy.clock)];
    await new EventLoop({ strategy, handlers }).run(pingsAreNoticed(20));
  });
});

const imports = `
  import { readable, ioModule, epollModule } from ${JSON.stringify(import.meta.resolve('@escapement/io'))};
  import { pipe, write } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
  import { atomicsWaitModule, busyWaitModule, createLoop, setTimeoutModule, sleep, sleepModule, spawn } from ${JSON.stringify(import.meta.resolve('escapement'))};
  import { parentPort, Worker } from 'node:worker_threads';
  const strategies = { 'busy-wait': busyWaitModule, 'atomics-wait': atomicsWaitModule, 'set-timeout': setTimeoutModule, epoll: epollModule };
  const { reader, writer } = pipe();
  const loopOf = strategy => createLoop(strategies[strategy], sleepModule, ioModule);`;

function runProgram(program: string) {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', imports + program],
    { encoding: 'utf8', timeout: 60_000 },
  );
  return { status, signal, output: stdout + stderr };
}

describe('io: the end of a process', function () {
  this.timeout(70_000);

  for (const strategy of ['busy-wait', 'atomics-wait', 'set-timeout', 'epoll']) {
    it(`comes by itself after a run, under ${strategy}`, () => {
      const program = `
        await loopOf('${strategy}').run(function* () {
          const waiting = yield* spawn(readable(reader));
          yield* sleep(300);
          write(writer, new Uint8Array(1));
          yield* waiting.join();
        });
        console.log('done');`;
      expect(runProgram(program)).to.deep.equal({ status: 0, signal: null, output: 'done\n' });
    });

    it(`comes with process.exit() inside a run, while a thread sleeps, under ${strategy}`, () => {
      const program = `
        await loopOf('${strategy}').run(function* () {
          yield* spawn(readable(reader));
          yield* sleep(300);
          process.exit(7);
        });`;
      expect(runProgram(program)).to.deep.equal({ status: 7, signal: null, output: '' });
    });

    it(`comes with an error of the program, under ${strategy}`, () => {
      const program = `
        await loopOf('${strategy}').run(function* () {
          yield* spawn(readable(reader));
          yield* sleep(300);
          throw new Error('of the program');
        });`;
      const { status, signal, output } = runProgram(program);
      expect({ status, signal }).to.deep.equal({ status: 1, signal: null });
      expect(output).to.include('Error: of the program');
    });
  }

  it('comes with an uncaught error of the host, while the loop sleeps', () => {
    const program = `
      setTimeout(() => { throw new Error('of the host'); }, 300);
      await loopOf('set-timeout').run(readable(reader));`;
    const { status, output } = runProgram(program);
    expect(status).to.equal(1);
    expect(output).to.include('Error: of the host');
  });

  it('comes while the thread is starting, without aborting the process in the middle of loading', async () => {
    const endAfter = (delay: number) =>
      new Promise<unknown>(resolve => {
        const program = `
          setTimeout(() => { throw new Error('of the host'); }, ${delay});
          await loopOf('set-timeout').run(readable(reader));`;
        const child = spawnProcess(process.execPath, ['--input-type=module', '-e', imports + program], {
          stdio: 'ignore',
          timeout: 30_000,
        });
        child.on('exit', (status, signal) => resolve(signal ?? status));
      });
    const delays = Array.from({ length: 12 }, (_, n) => 20 + 15 * n);
    expect(await Promise.all(delays.map(endAfter))).to.deep.equal(delays.map(() => 1));
  });

  it('does not come while only a wait for a descriptor is in flight', () => {
    const program = `
      import { spawn as spawnProcess } from 'node:child_process';
      const child = spawnProcess(process.execPath, ['-e', 'setTimeout(() => require("fs").writeSync(3, "x"), 1500)'], { stdio: ['ignore', 'ignore', 'ignore', writer] });
      child.unref();
      await loopOf('set-timeout').run(readable(reader));
      console.log('ready');`;
    expect(runProgram(program)).to.deep.equal({ status: 0, signal: null, output: 'ready\n' });
  });

  for (const strategy of ['atomics-wait', 'set-timeout', 'epoll']) {
    it(`a worker thread that is terminated inside a run ends, and the process does, under ${strategy}`, () => {
      const program = `
        const source = ${JSON.stringify(imports)} + \`
          await loopOf('${strategy}').run(function* () {
            yield* spawn(readable(reader));
            yield* sleep(1000);
            parentPort.postMessage('its helper is up');
            yield* sleep(60_000);
          });\`;
        const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));
        worker.on('message', () => worker.terminate().then(() => console.log('terminated')));`;
      expect(runProgram(program)).to.deep.equal({ status: 0, signal: null, output: 'terminated\n' });
    });

    it(`a worker thread has a loop of its own, under ${strategy}`, () => {
      const program = `
        const source = ${JSON.stringify(imports)} + \`
          await loopOf('${strategy}').run(function* () {
            const waiting = yield* spawn(readable(reader));
            yield* sleep(100);
            write(writer, new Uint8Array(1));
            yield* waiting.join();
          });
          console.log('done');\`;
        new Worker(new URL('data:text/javascript,' + encodeURIComponent(source)));`;
      expect(runProgram(program)).to.deep.equal({ status: 0, signal: null, output: 'done\n' });
    });
  }
});
