import { spawn as spawnProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import {
  DescriptorClosedError,
  InvalidDescriptorError,
  type Readable,
  readable,
  type Writable,
  writable,
} from '@escapement/io';
import { close, open, PosixError, pipe, write } from '@escapement/posix';
import { expect } from 'chai';
import { currentTask, DeadlockError, EscapementError, pause, sleep, spawn, type Task, timeout } from 'escapement';
import { connectedPair, NOT_OPEN } from '../support/descriptors.js';
import { byte, drain, fill, forEachPair, givingBackAll, ioLoop, readSome, sendAll, settleDown } from './io-loop.js';

/** How each of `tasks` ended. */
function* endsOf(tasks: readonly Task<unknown>[]) {
  const ends: unknown[] = [];
  for (const task of tasks) {
    try {
      ends.push(yield* task.join());
    } catch (error) {
      ends.push(error);
    }
  }
  return ends;
}

forEachPair((strategy, Kind) => {
  const noOtherThreads = givingBackAll();
  const newLoop = () => ioLoop(strategy, Kind);

  it('plays ping-pong over a connection', async () => {
    const { client, server } = connectedPair();
    function* player(fd: number, serves: boolean) {
      if (serves) yield* sendAll(fd, byte);
      for (let n = 0; n < 300; n++) {
        yield* readSome(fd);
        yield* sendAll(fd, byte);
      }
    }
    await newLoop().loop.run(function* () {
      yield* spawn(player(client, true));
      yield* spawn(player(server, false));
    });
    close(client);
    close(server);
  });

  it('moves megabytes both ways at once', async () => {
    const { client, server } = connectedPair();
    const much = new Uint8Array(3_000_000);
    function* receive(fd: number) {
      let rest = much.length;
      while (rest > 0) rest -= yield* readSome(fd);
      return rest;
    }
    const { loop } = newLoop();
    const ends = await loop.run(function* () {
      const tasks: Task<unknown>[] = [];
      for (const fd of [client, server]) {
        tasks.push(yield* spawn(sendAll(fd, much)));
        tasks.push(yield* spawn(receive(fd)));
      }
      return yield* endsOf(tasks);
    });
    expect(ends).to.deep.equal([undefined, 0, undefined, 0]);
    close(client);
    close(server);
  });

  it('resumes all tasks that wait for one descriptor, readers and writers apart', async () => {
    const { client, server } = connectedPair();
    const { loop, handler } = newLoop();
    const log: string[] = [];
    await loop.run(function* () {
      fill(client);
      function* noting(name: string, event: Readable | Writable) {
        yield* event;
        log.push(name);
      }
      for (const name of ['r1', 'r2', 'r3']) yield* spawn(noting(name, readable(client)));
      for (const name of ['w1', 'w2']) yield* spawn(noting(name, writable(client)));
      yield* sleep(20);
      expect(handler.inFlight()).to.equal(5);
      expect(log).to.deep.equal([]);
      write(server, byte);
      while (log.length === 0) yield* sleep(1);
      expect(log).to.deep.equal(['r1', 'r2', 'r3']);
      expect(handler.inFlight()).to.equal(2);
      drain(server);
    });
    expect(log).to.deep.equal(['r1', 'r2', 'r3', 'w1', 'w2']);
    close(client);
    close(server);
  });

  it('counts the end, a hang-up and an error as readiness', async () => {
    const [ended, broken] = [pipe(), pipe()];
    await newLoop().loop.run(function* () {
      fill(broken.writer);
      const reading = yield* spawn(readSome(ended.reader));
      const writing = yield* spawn(writable(broken.writer));
      // A reading end never becomes writable, nor a writing end readable: only the hang-up ends these waits.
      const odd = yield* spawn(readable(broken.writer));
      yield* sleep(20);
      close(ended.writer);
      close(broken.reader);
      expect(yield* endsOf([reading, writing, odd])).to.deep.equal([0, undefined, undefined]);
    });
    expect(() => write(broken.writer, byte))
      .to.throw(PosixError)
      .with.property('code', 'EPIPE');
    close(ended.reader);
    close(broken.writer);
  });

  it('forgets a wait that is cancelled, and leaves the others alone', async () => {
    const { reader, writer } = pipe();
    const { loop, handler } = newLoop();
    await loop.run(function* () {
      const doomed: Task<unknown>[] = [];
      for (let n = 0; n < 3; n++) doomed.push(yield* spawn(readable(reader)));
      const staying = yield* spawn(readSome(reader));
      yield* sleep(5);
      for (const task of doomed) task.cancel();
      expect(handler.inFlight()).to.equal(1);
      write(writer, byte);
      expect(yield* staying.join()).to.equal(1);
      expect(handler.inFlight()).to.equal(0);
      try {
        yield* timeout(5, readable(reader));
        expect.fail('there is nothing');
      } catch (error) {
        expect(error).to.have.property('name', 'TimeoutError');
      }
      expect(handler.inFlight()).to.equal(0);
      // Cancelled in the very turn in which it becomes ready: the task is either resumed or cancelled.
      const racing = yield* spawn(readable(reader));
      yield* pause();
      write(writer, byte);
      racing.cancel();
      yield* sleep(5);
      expect(handler.inFlight()).to.equal(0);
    });
    close(reader);
    close(writer);
  });

  it('throws DescriptorClosedError in all tasks that wait for a descriptor that is closed', async () => {
    const { client, server } = connectedPair();
    const { loop, handler, counts } = newLoop();
    await loop.run(function* () {
      fill(client);
      function* failing(event: Readable | Writable) {
        try {
          yield* event;
        } catch (error) {
          return error;
        }
        return 'ready';
      }
      const tasks = [
        yield* spawn(failing(readable(client)), { name: 'reader' }),
        yield* spawn(failing(readable(client)), { name: 'other' }),
        yield* spawn(failing(writable(client)), { name: 'writer' }),
      ];
      yield* settleDown(counts);
      close(client);
      expect(handler.inFlight()).to.equal(0);
      const ends = (yield* endsOf(tasks)) as Error[];
      for (const end of ends)
        expect(end).to.include({ name: 'DescriptorClosedError', code: 'ESC_DESCRIPTOR_CLOSED', fd: client });
      expect(ends[2]!.message).to.equal(
        `descriptor ${client} was closed while task "writer" waited for it to become writable. Cancel the task before you close it, or catch this error and stop.`,
      );
    });
    close(server);
  });

  it('finds a file on a disk always ready', async () => {
    const fd = open('/etc/passwd');
    const { loop, handler } = newLoop();
    await loop.run(function* () {
      for (let n = 0; n < 3; n++) {
        yield* readable(fd);
        yield* writable(fd);
      }
      expect(handler.inFlight()).to.equal(0);
      yield* sleep(20);
    });
    close(fd);
  });

  it('throws EBADF at the yield* for a descriptor that is not open', async () => {
    const { loop, handler } = newLoop();
    await loop.run(function* () {
      for (const event of [readable(NOT_OPEN), writable(NOT_OPEN)]) {
        try {
          yield* event;
          expect.fail('it is not open');
        } catch (error) {
          expect(error).to.be.an.instanceOf(PosixError).with.property('code', 'EBADF');
          expect((error as Error).message).to.include(`descriptor ${NOT_OPEN}`);
        }
      }
      expect(handler.inFlight()).to.equal(0);
    });
  });

  it('throws EBADF also where the selector itself took the number', async () => {
    const { reader, writer } = pipe();
    const { loop } = newLoop();
    close(reader);
    const error = await loop.run(readable(reader)).catch(thrown => thrown);
    expect(error).to.have.property('code', 'EBADF');
    close(writer);
  });

  it('does not spin when a child process still has the file that was closed here without `close`', async () => {
    const { reader, writer } = pipe();
    const { loop, counts } = newLoop();
    // The child has the same open file, under a number of its own.
    const child = spawnProcess('sleep', ['20'], { stdio: [reader, 'ignore', 'ignore'] });
    const other = pipe();
    await loop.run(function* () {
      const idle = yield* spawn(readable(other.reader));
      write(writer, byte);
      yield* readSome(reader);
      yield* settleDown(counts);
      closeSync(reader);
      write(writer, byte);
      yield* sleep(50);
      const before = counts.sleeps;
      yield* sleep(200);
      if (strategy !== 'busy-wait') expect(counts.sleeps - before).to.be.below(10);
      idle.cancel();
    });
    child.kill();
    for (const fd of [writer, other.reader, other.writer]) close(fd);
  });

  it('takes a number that was closed with `close` and opened again for the new file', async () => {
    await newLoop().loop.run(function* () {
      for (let n = 0; n < 20; n++) {
        const { reader, writer } = pipe();
        const waiting = yield* spawn(readSome(reader));
        yield* n % 2 === 0 ? pause() : sleep(1);
        write(writer, byte);
        expect(yield* waiting.join()).to.equal(1);
        close(writer);
        close(reader);
      }
    });
  });

  it('notices a descriptor that was closed without `close`, also if its number was used again', async () => {
    await noOtherThreads();
    const closed = pipe();
    const replaced = pipe();
    const idle = pipe();
    const { loop, handler, counts } = newLoop();
    await loop.run(function* () {
      function* failing() {
        try {
          yield* readable(closed.reader);
          return 'ready';
        } catch (error) {
          return error;
        }
      }
      const waiting = [yield* spawn(failing(), { name: 'one' }), yield* spawn(failing(), { name: 'two' })];
      // Watched once, so that the selector may still know the number.
      for (const { reader, writer } of [replaced, idle]) {
        write(writer, byte);
        yield* readSome(reader);
      }
      yield* settleDown(counts);
      closeSync(closed.reader);
      const ends = yield* timeout(4000, endsOf(waiting));
      for (const end of ends) expect(end).to.be.an.instanceOf(DescriptorClosedError).with.property('fd', closed.reader);
      expect((ends[1] as Error).message).to.match(
        /^descriptor \d+ was closed while task "two" waited for it to become readable/,
      );

      closeSync(replaced.reader);
      const fresh = pipe();
      // The lowest free number comes first.
      expect([fresh.reader, fresh.writer]).to.include(Math.min(closed.reader, replaced.reader));
      const reading = yield* spawn(readSome(fresh.reader));
      yield* sleep(5);
      write(fresh.writer, byte);
      expect(yield* timeout(4000, reading.join())).to.equal(1);
      close(fresh.reader);
      close(fresh.writer);
      expect(handler.inFlight()).to.equal(0);
    });
    close(closed.writer);
    close(replaced.writer);
    close(idle.reader);
    close(idle.writer);
  });

  it('does not spin for a descriptor that is ready without a waiter', async () => {
    const { client, server } = connectedPair();
    const { loop, counts } = newLoop();
    await loop.run(function* () {
      fill(client);
      const writing = yield* spawn(writable(client));
      yield* settleDown(counts);
      write(server, byte);
      yield* readable(client);
      const before = counts.sleeps;
      // It stays readable and no task reads; a task waits for the other direction.
      yield* sleep(100);
      // A strategy that spins returns often anyway.
      if (strategy !== 'busy-wait') expect(counts.sleeps - before).to.be.below(10);
      writing.cancel();
      yield* sleep(50);
      if (strategy !== 'busy-wait') expect(counts.sleeps - before).to.be.below(20);
    });
    close(client);
    close(server);
  });

  it('reports a deadlock once nothing is in flight, and not before', async () => {
    const { reader, writer } = pipe();
    const { loop } = newLoop();
    const log: string[] = [];
    const error = await loop
      .run(function* () {
        function* stuck() {
          yield* readable(reader);
          log.push('readable');
          yield* (yield* currentTask()).parent!.join();
        }
        yield* spawn(stuck());
        yield* sleep(100);
        write(writer, byte);
      })
      .catch(thrown => thrown);
    expect(log).to.deep.equal(['readable']);
    expect(error).to.be.an.instanceOf(DeadlockError);
    close(reader);
    close(writer);
  });

  it('can run several times', async () => {
    const { loop, handler } = newLoop();
    for (let n = 0; n < 4; n++) {
      const { reader, writer } = pipe();
      await loop.run(function* () {
        const reading = yield* spawn(readSome(reader));
        yield* sleep(n * 20);
        write(writer, byte);
        expect(yield* reading.join()).to.equal(1);
      });
      expect(handler.inFlight()).to.equal(0);
      close(reader);
      close(writer);
    }
  });
});

describe('readable and writable', () => {
  it('reject a value that cannot be a descriptor', () => {
    for (const wrong of [-1, 1.5, Number.NaN, Infinity, 2 ** 31, '3', undefined, null, {}]) {
      for (const event of [readable, writable]) {
        expect(() => event(wrong as number))
          .to.throw(InvalidDescriptorError, 'is not a descriptor')
          .with.property('code', 'ESC_INVALID_DESCRIPTOR');
        expect(() => event(wrong as number)).to.throw(EscapementError, 'is not a descriptor');
      }
    }
  });

  it('name the rejected value', () => {
    expect(() => readable('0' as never)).to.throw('"0" is not a descriptor');
    expect(() => readable(1.5)).to.throw('1.5 is not a descriptor');
    expect(() => readable(Object.create(null))).to.throw(InvalidDescriptorError);
  });

  it('name the descriptor in their text', () => {
    expect(String(readable(7))).to.equal('Readable(fd=7)');
    expect(String(writable(7))).to.equal('Writable(fd=7)');
    expect([readable(7).kind, writable(7).kind]).to.deep.equal(['readable', 'writable']);
  });
});
