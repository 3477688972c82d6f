import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { closePort, type PortEvent, received, Sender } from '@escapement/workers';
import { expect } from 'chai';
import {
  type CoreEvent,
  type Coroutine,
  currentTask,
  moveOnAfter,
  pause,
  type Sleep,
  type SleepFor,
  sleep,
  spawn,
  type Task,
  type Watch,
} from 'escapement';
import fc from 'fast-check';
import { loopWith, STRATEGIES } from './thread.js';

const RUNS = Number(process.env.DISARM_RUNS ?? 15);

type Event = PortEvent | Sleep | SleepFor | CoreEvent;

for (const [alias, strategy] of Object.entries(STRATEGIES)) {
  describe(`a wait for a port that is disarmed, under ${alias}`, function () {
    this.timeout(60_000);

    /** Runs `program` with both ends of a channel. */
    async function withChannel<T>(program: (here: MessagePort, there: MessagePort) => Coroutine<T, Event>): Promise<T> {
      const { port1, port2 } = new MessageChannel();
      try {
        return await loopWith(strategy).run(program(port1, port2));
      } finally {
        closePort(port1);
        closePort(port2);
      }
    }

    it('in the call that settles another has taken nothing: each message comes once, in order', async () => {
      const taken = await withChannel(function* (here, there) {
        const task = yield* currentTask();
        const taken: unknown[] = [];
        const sender = new Sender<number>(there);
        for (let n = 0; n < 40; n += 2) {
          firstOfTwo(task, here, message => taken.push(message));
          yield* sender.send(n);
          yield* sender.send(n + 1);
          while (taken.length === n) yield* sleep(0.1);
          taken.push(yield* received(here));
        }
        return taken;
      });
      expect(taken).to.deep.equal(Array.from({ length: 40 }, (_, n) => n));
    });

    it('by a limit or a cancellation at any moment has taken nothing', async () => {
      const limits = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(limits, limits, async (rests, times) => {
          const count = 20;
          const taken = await withChannel(function* (here, there) {
            yield* spawn(function* () {
              for (let n = 0; n < count; n++) {
                for (let steps = rests[n % rests.length]!; steps > 0; steps--) yield* pause();
                there.postMessage(n);
              }
            });
            const taken: unknown[] = [];
            for (let n = 0; taken.length < count; n++) {
              const steps = times[n % times.length]!;
              const taking = yield* spawn(function* () {
                taken.push(yield* received(here));
              });
              for (let step = 0; step < steps; step++) yield* pause();
              taking.cancel();
              if (n % 7 === 0) yield* sleep(0.1);
              const message = yield* moveOnAfter(steps / 10, received(here));
              if (message !== undefined) taken.push(message);
            }
            return taken;
          });
          expect(taken).to.deep.equal(Array.from({ length: count }, (_, n) => n));
        }),
        { numRuns: RUNS },
      );
    });

    it('for room to send has sent nothing', async () => {
      const taken = await withChannel(function* (here, there) {
        const sender = new Sender<string>(there, { credit: 1 });
        yield* sender.send('first');
        expect(yield* moveOnAfter(1, sender.send('never'))).to.equal(undefined);
        const waiting = yield* spawn(sender.send('neither'));
        yield* pause();
        const taken = [yield* received(here)];
        waiting.cancel();
        yield* sender.send('second');
        taken.push(yield* received(here));
        expect(yield* moveOnAfter(3, received(here))).to.equal(undefined);
        return taken;
      });
      expect(taken).to.deep.equal(['first', 'second']);
    });
  });
}

/** Two waits for a message; the first that gets one cancels the other. */
function firstOfTwo(task: Task, port: MessagePort, got: (message: unknown) => void): void {
  const watches: Watch[] = [];
  for (let n = 0; n < 2; n++) {
    watches.push(
      task.watch(received(port), {
        resolved: message => {
          for (const watch of watches) watch.cancel();
          got(message);
        },
        rejected: error => expect.fail(String(error)),
      }),
    );
  }
}
