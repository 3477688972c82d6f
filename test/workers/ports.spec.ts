import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import {
  closePort,
  PortClosedError,
  type PortEvent,
  received,
  Sender,
  UnreadableMessageError,
  WorkerExitedError,
} from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
import { expect } from 'chai';
import {
  type Coroutine,
  createLoop,
  DeadlockError,
  type LoopEvent,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import { errorIn, hostTurns, loopWith, STRATEGIES, startThread } from './thread.js';

const ECHO = `
  (async () => {
    const { createLoop, atomicsWaitModule, portModule, received, Sender } = await load();
    const sender = new Sender(port);
    try {
      await createLoop(atomicsWaitModule, portModule).run(function* () {
        for (;;) yield* sender.send(yield* received(port));
      });
    } catch {}
  })();
`;

/** The host has it; its types lack it. */
interface Refable {
  hasRef(): boolean;
}

function* take(port: MessagePort, count: number): Coroutine<unknown[], PortEvent> {
  const taken: unknown[] = [];
  while (taken.length < count) taken.push(yield* received(port));
  return taken;
}

for (const [alias, strategy] of Object.entries(STRATEGIES)) {
  describe(`received, under ${alias}`, function () {
    this.timeout(30_000);
    const loop = loopWith(strategy);

    /** Runs `program` with a channel to a thread that runs `code`. */
    async function withThread<T, E extends LoopEvent>(
      code: string,
      program: (port: MessagePort, worker: Worker) => Coroutine<T, E>,
    ): Promise<T> {
      const { port1, port2 } = new MessageChannel();
      const worker = startThread(code, port2);
      try {
        return await loop.run((() => program(port1, worker)) as () => Coroutine<T>);
      } finally {
        port1.close();
        await worker.terminate();
      }
    }

    it('gets the messages of a stranger in order, those that were there before and those that come later', async () => {
      const code = 'for (let n = 0; n < 20; n++) { port.postMessage(n); if (n % 5 === 4) rest(3); }';
      const taken = await withThread(code, port => take(port, 20));
      expect(taken).to.deep.equal(Array.from({ length: 20 }, (_, n) => n));
    });

    it('goes to and fro with another loop, whoever sleeps', async () => {
      const answers = await withThread(ECHO, function* (port) {
        const sender = new Sender(port);
        const answers: unknown[] = [];
        for (let n = 0; n < 50; n++) {
          if (n % 10 === 0) yield* sleep(3);
          yield* sender.send(n);
          answers.push(yield* received(port));
        }
        return answers;
      });
      expect(answers).to.deep.equal(Array.from({ length: 50 }, (_, n) => n));
    });

    it('serves several tasks in the order in which they came; one that is cancelled takes nothing', async () => {
      const { port1, port2 } = new MessageChannel();
      const log: string[] = [];
      await loop.run(function* () {
        function* taker(name: string) {
          log.push(`${name} ${yield* received(port1)}`);
        }
        const tasks = [];
        for (const name of ['a', 'b', 'c']) tasks.push(yield* spawn(taker(name)));
        yield* sleep(2);
        tasks[1]!.cancel();
        for (let n = 1; n <= 3; n++) port2.postMessage(n);
        yield* tasks[2]!;
        log.push(`left ${yield* received(port1)}`);
      });
      closePort(port1);
      expect(log).to.deep.equal(['a 1', 'c 2', 'left 3']);
    });

    it('lets at most `credit` messages be on their way: send waits, trySend returns false', async () => {
      const { port1, port2 } = new MessageChannel();
      await loop.run(function* () {
        const sender = new Sender<number>(port2, { credit: 3 });
        for (let n = 0; n < 3; n++) yield* sender.send(n);
        expect(sender.trySend(9)).to.equal(false);
        const sending = yield* spawn(sender.send(3));
        yield* sleep(2);
        expect(sending.isEnded).to.equal(false);
        expect(yield* received(port1)).to.equal(0);
        yield* sending;
        expect(yield* take(port1, 3)).to.deep.equal([1, 2, 3]);
        expect(sender.trySend(4)).to.equal(true);
        expect(yield* received(port1)).to.equal(4);
      });
      closePort(port1);
    });

    it('makes a sender in another thread wait for room, without losing anything', async () => {
      const code = `
        (async () => {
          const { createLoop, busyWaitModule, portModule, Sender } = await load();
          const sender = new Sender(port, { credit: 2 });
          createLoop(busyWaitModule, portModule).runSync(function* () {
            for (let n = 0; n < 30; n++) yield* sender.send(n);
          });
        })();
      `;
      const taken = await withThread(code, function* (port) {
        yield* sleep(5);
        return (yield* take(port, 30)) as unknown[];
      });
      expect(taken).to.deep.equal(Array.from({ length: 30 }, (_, n) => n));
    });

    it('moves what the sender transfers', async () => {
      const { port1, port2 } = new MessageChannel();
      const bytes = new Uint8Array(8).fill(7);
      const got = await loop.run(function* () {
        yield* new Sender<Uint8Array>(port2).send(bytes, [bytes.buffer]);
        return yield* received<Uint8Array>(port1);
      });
      closePort(port1);
      expect(bytes.byteLength).to.equal(0);
      expect([...got]).to.deep.equal(Array(8).fill(7));
    });

    it('throws at the sender what cannot be copied, and goes on', async () => {
      const { port1, port2 } = new MessageChannel();
      await loop.run(function* () {
        const sender = new Sender<unknown>(port2, { credit: 1 });
        expect(yield* errorIn(sender.send(() => {}))).to.have.property('name', 'DataCloneError');
        yield* sender.send('next');
        const waiting = yield* spawn(errorIn(sender.send(() => {})));
        yield* sleep(1);
        expect(yield* received(port1)).to.equal('next');
        expect(yield* waiting).to.have.property('name', 'DataCloneError');
      });
      closePort(port1);
    });

    const deaths: Record<string, string> = {
      'closes its port': 'port.postMessage(1); setTimeout(() => port.close(), 5);',
      'exits in mid-message': 'for (let n = 1; n < 100; n++) port.postMessage(n); process.exit();',
      throws: "port.postMessage(1); throw new Error('thrown');",
      'fails while it loads': "require('/no/such/module');",
      'has nothing more to do': 'port.postMessage(1);',
    };
    for (const [title, code] of Object.entries(deaths)) {
      it(`gives every waiting task an error when the other thread ${title}`, async () => {
        await withThread(code, function* (port) {
          const tasks = [];
          for (let n = 0; n < 3; n++) tasks.push(yield* spawn(errorIn(untilClosed(port))));
          for (const task of tasks) expect(yield* task).to.be.instanceOf(PortClosedError);
          expect(yield* errorIn(received(port))).to.have.property('code', 'ESC_PORT_CLOSED');
        });
      });
    }

    it('gives every waiting task an error when the other thread is terminated, receivers and senders', async () => {
      const code = `
        (async () => {
          const { Sender } = await load();
          new Sender(port).trySend('up');
          for (;;);
        })();
      `;
      await withThread(code, function* (port, worker) {
        expect(yield* received(port)).to.equal('up');
        const sender = new Sender(port, { credit: 1 });
        yield* sender.send(1);
        const tasks = [
          yield* spawn(errorIn(received(port))),
          yield* spawn(errorIn(received(port))),
          yield* spawn(errorIn(sender.send(2))),
          yield* spawn(errorIn(sender.send(3))),
        ];
        yield* sleep(3);
        worker.terminate();
        for (const task of tasks) expect(yield* task).to.be.instanceOf(PortClosedError);
        expect(() => sender.trySend(4)).to.throw(PortClosedError);
      });
    });

    it('ends waits on both sides when a port is closed by closePort; what was sent before is received', async () => {
      const { port1, port2 } = new MessageChannel();
      await loop.run(function* () {
        const sender = new Sender(port2, { credit: 2 });
        yield* sender.send(1);
        yield* sender.send(2);
        const sending = yield* spawn(errorIn(sender.send(3)));
        const receiving = yield* spawn(errorIn(received(port2)));
        yield* sleep(1);
        closePort(port2);
        expect(yield* sending).to.be.instanceOf(PortClosedError);
        expect(yield* receiving).to.be.instanceOf(PortClosedError);
        expect(yield* take(port1, 2)).to.deep.equal([1, 2]);
        expect(yield* errorIn(received(port1))).to.be.instanceOf(PortClosedError);
      });
      await hostTurns();
    });

    it('tells a waiting sender when the receiver closes its port', async () => {
      await loop.run(function* () {
        const { port1, port2 } = new MessageChannel();
        const sender = new Sender(port2, { credit: 1 });
        yield* sender.send(1);
        expect(yield* received(port1)).to.equal(1);
        yield* sender.send(2);
        const sending = yield* spawn(errorIn(sender.send(3)));
        yield* sleep(1);
        closePort(port1);
        expect(yield* sending).to.be.instanceOf(PortClosedError);
      });
    });

    it('leaves no listener, and keeps no process alive', async () => {
      const { port1, port2 } = new MessageChannel();
      await loop.run(function* () {
        const task = yield* spawn(received(port1));
        yield* sleep(1);
        task.cancel();
      });
      expect(port1.listenerCount('message')).to.equal(0);
      expect((port1 as unknown as Refable).hasRef()).to.equal(false);
      expect((port2 as unknown as Refable).hasRef()).to.equal(false);
      closePort(port1);
    });
  });
}

function* untilClosed(port: MessagePort): Coroutine<never, PortEvent> {
  for (;;) yield* received(port);
}

describe('received', () => {
  it('throws for a message that cannot be read, and gets the next', async () => {
    const { port1, port2 } = new MessageChannel();
    await loopWith(setTimeoutModule).run(function* () {
      const waiting = yield* spawn(errorIn(received(port1)));
      yield* sleep(1);
      port1.emit('messageerror', new Error('unreadable'));
      port2.postMessage('next');
      expect(yield* waiting).to.be.instanceOf(UnreadableMessageError);
      expect(yield* received(port1)).to.equal('next');
    });
    closePort(port1);
  });

  it('takes a Worker where the host runs, with its exit code and error, and is refused elsewhere', async () => {
    const worker = new Worker(
      `
      const { parentPort } = require('node:worker_threads');
      parentPort.once('message', message => { parentPort.postMessage(message + 1); throw new Error('thrown in there'); });
    `,
      { eval: true },
    );
    await loopWith(STRATEGIES['atomics-wait']!).run(function* () {
      expect(yield* errorIn(received(worker))).to.have.property('code', 'ESC_INCOMPATIBLE_PLUGINS');
    });
    await loopWith(setTimeoutModule).run(function* () {
      worker.postMessage(4);
      expect(yield* received(worker)).to.equal(5);
      const error = (yield* errorIn(received(worker))) as WorkerExitedError;
      expect(error).to.be.instanceOf(WorkerExitedError);
      expect(error.exitCode).to.equal(1);
      expect((error.cause as Error).message).to.equal('thrown in there');
    });
  });

  it('is a deadlock in virtual time, in which nothing comes from outside', () => {
    const { port1 } = new MessageChannel();
    const loop = createLoop(virtualTimeModule, portModule);
    expect(() => loop.runSync(received(port1))).to.throw(DeadlockError);
    closePort(port1);
  });

  it('refuses what is no port, and without its module does not compile', () => {
    expect(() => received(null as never)).to.throw('In the main thread, `parentPort` is null');
    expect(() => new Sender(5 as never)).to.throw('new Sender got 5, expected a MessagePort or a Worker');
    const { port1 } = new MessageChannel();
    expect(() => new Sender(port1, { credit: 0 })).to.throw('credit of a Sender is 0');
    const loop = createLoop(setTimeoutModule, sleepModule);
    // @ts-expect-error portModule is missing
    const run = () => loop.run(received(port1));
    expect(run).to.be.a('function');
    closePort(port1);
  });
});
