import { type Readiness, readable, writable } from '@escapement/io';
import { close, pipe, read, write } from '@escapement/posix';
import { expect } from 'chai';
import {
  type CoreEvent,
  type Coroutine,
  currentTask,
  DeadlockError,
  pause,
  type SleepFor,
  sleep,
  spawn,
  type Task,
  type Watch,
} from 'escapement';
import { connectedPair } from '../support/descriptors.js';
import { byte, forEachPair, givingBackAll, ioLoop } from './io-loop.js';

/** Watches `events`; the first that happens cancels all others, inside of the call in which it is settled. */
function firstOf(task: Task, events: readonly Readiness[], won: (index: number) => void): void {
  const watches: Watch[] = [];
  for (const [index, event] of events.entries()) {
    const cancelOthers = () => {
      for (const watch of watches) watch.cancel();
      won(index);
    };
    watches.push(task.watch(event, { resolved: cancelOthers, rejected: cancelOthers }));
  }
}

forEachPair((strategy, Kind) => {
  givingBackAll();

  /** Runs `program`, in which no wait may be left over. @returns how many waits the handler still counts in it */
  async function waitsLeft(program: () => Coroutine<void, Readiness | SleepFor | CoreEvent>): Promise<number> {
    const { loop, handler } = ioLoop(strategy, Kind);
    return loop.run(function* () {
      yield* program();
      return handler.inFlight();
    });
  }

  it('a wait that is disarmed in the call that settles another has taken nothing, and is counted once', async () => {
    const pipes = [pipe(), pipe(), pipe()];
    const won: number[] = [];
    const left = await waitsLeft(function* () {
      const task = yield* currentTask();
      for (let round = 0; round < 3; round++) {
        const events = pipes.map(({ reader }) => readable(reader));
        firstOf(task, events, index => won.push(index));
        yield* sleep(1);
        for (const { writer } of pipes) write(writer, byte);
        yield* sleep(2);
        expect(won, 'exactly one has won').to.have.lengthOf(round + 1);
        // All the bytes are there, those of the winner, too: readiness takes nothing.
        for (const { reader } of pipes) {
          yield* readable(reader);
          expect(read(reader, new Uint8Array(9))).to.equal(1);
        }
      }
    });
    expect(left).to.equal(0);
    for (const { reader, writer } of pipes) {
      close(reader);
      close(writer);
    }
  });

  it('so is one for the same descriptor, in the same direction or the other', async () => {
    for (const isFirstToo of [false, true]) {
      const { client, server } = connectedPair();
      const won: number[] = [];
      const left = await waitsLeft(function* () {
        const task = yield* currentTask();
        // Armed together before the poll that finds both.
        write(client, byte);
        const events = [readable(server), readable(server), writable(server)];
        firstOf(task, isFirstToo ? events : events.slice(1), index => won.push(index));
        yield* sleep(2);
        yield* readable(server);
        expect(read(server, new Uint8Array(9))).to.equal(1);
      });
      expect(won).to.have.lengthOf(1);
      expect(left).to.equal(0);
      close(client);
      close(server);
    }
  });

  it('a descriptor that is closed ends all its waits, also those that are disarmed in that call', async () => {
    const { reader, writer } = pipe();
    const won: number[] = [];
    const left = await waitsLeft(function* () {
      firstOf(yield* currentTask(), [readable(reader), readable(reader)], index => won.push(index));
      yield* sleep(1);
      close(reader);
      yield* sleep(1);
    });
    expect(won).to.have.lengthOf(1);
    expect(left).to.equal(0);
    close(writer);
  });

  it('a task that is cancelled in the turn in which its descriptor is ready leaves the bytes to the next', async () => {
    const { reader, writer } = pipe();
    const left = await waitsLeft(function* () {
      for (const isCancelledFirst of [true, false]) {
        const waiting = yield* spawn(readable(reader));
        yield* sleep(1);
        if (isCancelledFirst) waiting.cancel();
        write(writer, byte);
        if (!isCancelledFirst) waiting.cancel();
        yield* pause();
        yield* readable(reader);
        expect(read(reader, new Uint8Array(9))).to.equal(1);
      }
    });
    expect(left).to.equal(0);
    close(reader);
    close(writer);
  });

  it('and a run in which nothing is left to wait for is still found to be a deadlock', async () => {
    const pipes = [pipe(), pipe()];
    const { loop, handler } = ioLoop(strategy, Kind);
    await loop.run(function* () {
      firstOf(
        yield* currentTask(),
        pipes.map(({ reader }) => readable(reader)),
        () => {},
      );
      for (const { writer } of pipes) write(writer, byte);
      yield* sleep(2);
      expect(handler.inFlight()).to.equal(0);
    });
    const error = await loop.run(sleep(Infinity)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(DeadlockError);
    for (const { reader, writer } of pipes) {
      close(reader);
      close(writer);
    }
  });
});
