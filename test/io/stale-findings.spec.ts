import { spawn as spawnProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { EpollSelector, Interest, PollSelector, readable, type Selector, writable } from '@escapement/io';
import {
  bind,
  close,
  listen,
  localAddress,
  pipe,
  read,
  SocketOption,
  setOption,
  socket,
  write,
} from '@escapement/posix';
import { expect } from 'chai';
import { type Instrument, sleep, spawn, type Task } from 'escapement';
import { connectedPair } from '../support/descriptors.js';
import { byte, drain, forEachPair, givingBackAll, ioLoop, readSome, selectors, settleDown } from './io-loop.js';

function spin(duration: number): void {
  const start = performance.now();
  while (performance.now() - start < duration);
}

/** The results of `look`, by descriptor. */
function lookAt(selector: Selector): Map<number, Interest> {
  const found = new Map<number, Interest>();
  for (let index = selector.look() - 1; index >= 0; index--) found.set(selector.fdAt(index), selector.readyAt(index));
  return found;
}

for (const [name, Kind] of Object.entries(selectors)) {
  describe(`io: the ${name} selector`, () => {
    it('does not report a descriptor as closed whose interest changed after it was found ready', () => {
      const { client, server } = connectedPair();
      const selector = new Kind();
      selector.watch(server, Interest.read);
      write(client, byte);
      expect(selector.wait(1000)).to.equal(1);
      selector.watch(server, Interest.both);
      const ready = lookAt(selector).get(server);
      expect(ready === undefined || (ready & Interest.read) !== 0, 'found as readable, or not found').to.equal(true);
      expect(lookAt(selector).get(server)).to.equal(Interest.both);
      for (const fd of [client, server]) close(fd);
      selector.close();
    });

    it('does not report what a wait had found before the descriptor was watched anew', () => {
      const { reader, writer } = pipe();
      const selector = new Kind();
      selector.watch(reader, Interest.read);
      for (const interests of [[Interest.read], [Interest.none, Interest.read]]) {
        write(writer, byte);
        expect(selector.wait(1000)).to.equal(1);
        drain(reader);
        for (const interest of interests) selector.watch(reader, interest);
        expect([...lookAt(selector)]).to.deep.equal([]);
      }
      selector.close();
      for (const fd of [reader, writer]) close(fd);
    });

    it('does not report a descriptor that was removed after it was found ready', () => {
      const gone = pipe();
      const other = pipe();
      const selector = new Kind();
      for (const { reader, writer } of [gone, other]) {
        selector.watch(reader, Interest.read);
        write(writer, byte);
      }
      expect(selector.wait(1000)).to.equal(2);
      selector.watch(gone.reader, Interest.none);
      expect(lookAt(selector).get(other.reader)).to.equal(Interest.read);
      expect([...lookAt(selector)]).to.deep.equal([[other.reader, Interest.read]]);
      selector.close();
      for (const { reader, writer } of [gone, other]) {
        close(reader);
        close(writer);
      }
    });
  });
}

forEachPair((strategy, Kind) => {
  const noOtherThreads = givingBackAll();

  it('does not report an open descriptor as closed, when a task waits for more than the sleep found', async () => {
    const { client, server } = connectedPair();
    const needless = pipe();
    let stage: 'before' | 'about to sleep' | 'asleep' | 'over' = 'before';
    let due = 0;
    const instrument: Instrument = {
      sleepStarted: () => {
        if (stage !== 'about to sleep') return;
        stage = 'asleep';
        write(client, byte);
        spin(1);
      },
      // The timer is due by the time that the sleep is over.
      sleepEnded: () => {
        if (stage !== 'asleep') return;
        stage = 'over';
        spin(due + 2 - performance.now());
      },
    };
    const { loop } = ioLoop(strategy, Kind, { instruments: [instrument] });
    await loop.run(function* () {
      const reading = yield* spawn(readable(server));
      function* writingLater() {
        yield* sleep(40);
        yield* writable(server);
      }
      const writing = yield* spawn(writingLater());
      due = performance.now() + 40;
      const idle = yield* spawn(readable(needless.reader));
      yield* sleep(1);
      idle.cancel();
      yield* sleep(1);
      // The selector still watches it: the next look finds only this descriptor, which has no waiter.
      write(needless.writer, byte);
      stage = 'about to sleep';
      yield* reading.join();
      yield* writing.join();
    });
    for (const fd of [client, server, needless.reader, needless.writer]) close(fd);
  });

  it('lets the system free a closed descriptor at once: the peer sees the end, and the port is free', async function () {
    // The fault holds up each try, a busy machine one of them.
    this.retries(3);
    let took = 0;
    const { loop, counts } = ioLoop(strategy, Kind);
    const listener = socket('ipv4');
    bind(listener, { family: 'ipv4', host: '127.0.0.1', port: 0 });
    listen(listener);
    const address = localAddress(listener);
    const { client, server } = connectedPair();
    const other = pipe();
    function isFree(): boolean {
      const next = socket('ipv4');
      setOption(next, SocketOption.reuseAddress, 1);
      try {
        bind(next, address);
        listen(next);
        return true;
      } catch (error) {
        expect(error).to.have.property('code', 'EADDRINUSE');
        return false;
      } finally {
        close(next);
      }
    }
    await loop.run(function* () {
      const accepting = yield* spawn(readable(listener));
      const reading = yield* spawn(readable(server));
      yield* settleDown(counts);
      // A new descriptor makes the thread begin a poll of the new list, which by itself would last a second.
      const idle = yield* spawn(readable(other.reader));
      yield* sleep(20);
      const start = performance.now();
      for (const task of [accepting, reading, idle]) task.cancel();
      close(listener);
      close(server);
      while (!isFree() || read(client, byte) !== 0) yield* sleep(2);
      took = performance.now() - start;
    });
    for (const fd of [client, other.reader, other.writer]) close(fd);
    expect(took).to.be.below(500);
  });

  it('does not go on resuming a task for another open file that had the same number', async () => {
    await noOtherThreads();
    const first = pipe();
    const { loop, counts } = ioLoop(strategy, Kind);
    // The child has the same open file, under a number of its own.
    const child = spawnProcess('sleep', ['60'], { stdio: [first.reader, 'ignore', 'ignore'] });
    let resumed = 0;
    await loop.run(function* () {
      function* readAgainAndAgain(fd: number) {
        for (;;) {
          yield* readable(fd);
          drain(fd);
          resumed++;
        }
      }
      const waiting = yield* spawn(readAgainAndAgain(first.reader));
      // A starting thread opens files, and could take the number.
      yield* settleDown(counts);
      closeSync(first.reader);
      const second = pipe();
      expect(second.reader, 'the lowest free number comes first').to.equal(first.reader);
      write(first.writer, byte);
      yield* sleep(1500);
      const before = resumed;
      yield* sleep(200);
      expect(resumed - before).to.equal(0);
      write(second.writer, byte);
      // What has the number now is seen.
      while (resumed === before) yield* sleep(1);
      expect(resumed - before).to.equal(1);
      waiting.cancel();
      close(second.reader);
      close(second.writer);
    });
    child.kill();
    close(first.writer);
  });

  it('notices soon that a number was used again while no task waited for it', async () => {
    const { loop } = ioLoop(strategy, Kind);
    const took: number[] = [];
    await loop.run(function* () {
      for (let n = 0; n < 6; n++) {
        const { reader, writer } = pipe();
        const reading = yield* spawn(readSome(reader));
        // Longer than the delay of the recheck queue.
        yield* sleep(50);
        const start = performance.now();
        write(writer, byte);
        yield* reading.join();
        // The first is new to the selector, and so is each descriptor after one whose change was noticed late.
        if (n % 2 === 1) took.push(performance.now() - start);
        closeSync(reader);
        closeSync(writer);
      }
    });
    expect(Math.min(...took)).to.be.below(400);
  });
});

describe('io: a loop that sleeps while the host runs', () => {
  givingBackAll();

  for (const [name, Kind] of Object.entries(selectors)) {
    it(`keeps watching the other descriptors when the host closes one: ${name} selector`, async function () {
      // The fault holds up each try, a busy machine one of them.
      this.retries(3);
      let took = 0;
      const { loop, counts } = ioLoop('set-timeout', Kind);
      const [doomed, other] = [pipe(), pipe()];
      await loop.run(function* () {
        const idle = yield* spawn(readable(doomed.reader));
        const reading: Task<number> = yield* spawn(readSome(other.reader));
        yield* settleDown(counts);
        idle.cancel();
        yield* sleep(100);
        setTimeout(close, 20, doomed.reader);
        setTimeout(write, 60, other.writer, byte);
        const start = performance.now();
        yield* reading.join();
        took = performance.now() - start;
      });
      for (const fd of [doomed.writer, other.reader, other.writer]) close(fd);
      expect(took).to.be.below(500);
    });
  }
});

describe('io: a descriptor with many waiters', () => {
  it('removes each waiter in a time that does not grow with their number', async () => {
    const { reader, writer } = pipe();
    const { loop, handler } = ioLoop('busy-wait');
    /** @returns the shortest of five: one in which no garbage was collected, and no other process ran */
    function* timeToCancel(count: number) {
      let best = Infinity;
      for (let round = 0; round < 5; round++) {
        const waiting = [];
        for (let n = 0; n < count; n++) waiting.push(yield* spawn(readable(reader)));
        yield* sleep(1);
        expect(handler.inFlight()).to.equal(count);
        const start = performance.now();
        for (const task of waiting) task.cancel();
        best = Math.min(best, performance.now() - start);
        expect(handler.inFlight()).to.equal(0);
      }
      return best;
    }
    await loop.run(function* () {
      const few = yield* timeToCancel(4000);
      const many = yield* timeToCancel(40_000);
      expect(many / few, 'for ten times as many').to.be.below(50);
    });
    close(reader);
    close(writer);
  });

  for (const [name, Kind] of Object.entries({ epoll: EpollSelector, poll: PollSelector })) {
    it(`resumes the waiters in the order in which they came: ${name} selector`, async () => {
      const { reader, writer } = pipe();
      const log: number[] = [];
      await ioLoop('set-timeout', Kind).loop.run(function* () {
        function* waiter(n: number) {
          yield* readable(reader);
          log.push(n);
        }
        const tasks = [];
        for (let n = 0; n < 50; n++) tasks.push(yield* spawn(waiter(n)));
        yield* sleep(1);
        for (let n = 0; n < 50; n += 3) tasks[n]!.cancel();
        write(writer, byte);
      });
      expect(log).to.deep.equal(Array.from({ length: 50 }, (_, n) => n).filter(n => n % 3 !== 0));
      close(reader);
      close(writer);
    });
  }
});
