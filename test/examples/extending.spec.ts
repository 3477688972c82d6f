import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ActionHandler } from '@escapement/promises';
import { expect } from 'chai';
import {
  atomicsWaitModule,
  busyWaitModule,
  createLoop,
  DeadlockError,
  EventLoop,
  NoHandlerError,
  now,
  PerformanceClock,
  pause,
  SetTimeoutStrategy,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  type Task,
  Wakeup,
} from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';
import { load } from './example.js';

const { Flag, FlagHandler, flagModule } = await load<typeof import('../../docs/examples/extending/flag.js')>(
  'docs/examples/extending/flag.ts',
);
const { fileRead } = await load<typeof import('../../docs/examples/extending/file-read.js')>(
  'docs/examples/extending/file-read.ts',
);
const { NapStrategy, napModule } = await load<typeof import('../../docs/examples/extending/nap.js')>(
  'docs/examples/extending/nap.ts',
);

describe('Extending: a flag', () => {
  const flagLoop = () => virtualLoop({ handlers: [new FlagHandler()] }).loop;

  it('resumes every waiting task, in order, when it is raised', () => {
    const log: string[] = [];
    flagLoop().runSync(function* () {
      const flag = new Flag();
      function* guest(name: string) {
        yield* flag.raised();
        log.push(name);
      }
      for (const name of ['a', 'b', 'c']) yield* spawn(guest(name));
      yield* sleep(1);
      log.push('raise');
      flag.raise();
    });
    expect(log).to.deep.equal(['raise', 'a', 'b', 'c']);
  });

  it('does not make a task wait that comes later', () => {
    const flag = new Flag();
    flag.raise();
    flagLoop().runSync(flag.raised());
  });

  it('forgets a task that is cancelled, and no other', () => {
    const log: string[] = [];
    flagLoop().runSync(function* () {
      const flag = new Flag();
      function* guest(name: string) {
        try {
          yield* flag.raised();
          log.push(`${name} came in`);
        } finally {
          log.push(`${name} is gone`);
        }
      }
      const impatient = yield* spawn(guest('impatient'));
      yield* spawn(guest('patient'));
      yield* sleep(1);
      impatient.cancel();
      yield* sleep(1);
      expect(impatient.result.state).to.equal('cancelled');
      flag.raise();
    });
    expect(log).to.deep.equal(['impatient is gone', 'patient came in', 'patient is gone']);
  });

  it('throws into every waiting task when it is refused', () => {
    const refusal = new Error('closed today');
    const caught = flagLoop().runSync(function* () {
      const flag = new Flag();
      function* guest() {
        try {
          return yield* flag.raised();
        } catch (error) {
          return error;
        }
      }
      const task = yield* spawn(guest());
      yield* sleep(1);
      flag.refuse(refusal);
      return yield* task.join();
    });
    expect(caught).to.equal(refusal);
  });

  it('is named in the DeadlockError when no task can raise it', () => {
    function* guest() {
      yield* new Flag().raised();
    }
    expect(() => flagLoop().runSync(guest)).to.throw(DeadlockError, 'task "guest" waits for Raised(flag=Flag)');
  });

  it('throws NoHandlerError if its module is missing and the compiler was overruled', () => {
    const loop = createLoop(busyWaitModule);
    // @ts-expect-error flagModule is missing
    expect(() => loop.runSync(new Flag().raised())).to.throw(NoHandlerError, 'Raised');
  });

  it('waits under every strategy', async () => {
    for (const strategyModule of [busyWaitModule, atomicsWaitModule, setTimeoutModule, napModule]) {
      await createLoop(strategyModule, sleepModule, flagModule).run(function* () {
        const flag = new Flag();
        const task = yield* spawn(flag.raised());
        yield* sleep(1);
        expect(task.isEnded).to.equal(false);
        flag.raise();
        yield* task.join();
      });
    }
  });
});

describe('Extending: a callback of the host', () => {
  const self = fileURLToPath(import.meta.url);
  const missing = `${self}.missing`;

  function fileLoop() {
    const handler = new ActionHandler();
    const strategy = new SetTimeoutStrategy(new PerformanceClock());
    return { handler, loop: new EventLoop({ strategy, handlers: [handler] }) };
  }

  it('evaluates to the value that the callback got', async () => {
    const { handler, loop } = fileLoop();
    const content = await loop.run(fileRead(self));
    expect(content.toString()).to.contain('evaluates to the value that the callback got');
    expect(handler.inFlight()).to.equal(0);
  });

  it('throws the error that the callback got', async () => {
    const { handler, loop } = fileLoop();
    const code = await loop.run(function* () {
      try {
        yield* fileRead(missing);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
      return 'nothing thrown';
    });
    expect(code).to.equal('ENOENT');
    expect(handler.inFlight()).to.equal(0);
  });

  it('counts what is in flight while the host works', async () => {
    const { handler, loop } = fileLoop();
    await loop.run(function* () {
      const tasks = [];
      for (let n = 0; n < 3; n++) tasks.push(yield* spawn(fileRead(self)));
      // The host may call each callback at any moment; on a busy machine all of them within one pause.
      while (!tasks.every(task => task.isEnded)) {
        yield* pause();
        expect(handler.inFlight()).to.equal(tasks.filter(task => task.waitsFor !== undefined).length);
      }
      expect(handler.inFlight()).to.equal(0);
    });
  });

  it('is aborted when its task is cancelled', async () => {
    const { handler, loop } = fileLoop();
    const result = await loop.run(function* () {
      let task: Task;
      // On a busy machine the host may have read the file within the pause.
      do {
        task = yield* spawn(fileRead(self));
        yield* pause();
      } while (handler.inFlight() === 0);
      task.cancel('changed my mind');
      expect(handler.inFlight()).to.equal(0);
      // The host reports the abort meanwhile; no task must get that error.
      yield* fileRead(self);
      return task.result;
    });
    expect(result).to.deep.equal({ state: 'cancelled', reason: 'changed my mind' });
    expect(handler.inFlight()).to.equal(0);
  });

  it('leaves nothing in flight when the callback API throws', async () => {
    const { handler, loop } = fileLoop();
    const outcome = await loop.run(fileRead(undefined as unknown as string)).catch(error => error);
    expect(outcome).to.have.property('code', 'ERR_INVALID_ARG_TYPE');
    expect(handler.inFlight()).to.equal(0);
  });
});

describe('Extending: a sleep strategy', () => {
  const newStrategy = () => new NapStrategy(new PerformanceClock());

  it('is never early', () => {
    createLoop(napModule, sleepModule).runSync(function* () {
      for (const duration of [0, 0.1, 0.5, 3, 20]) {
        const start = yield* now();
        yield* sleep(duration);
        expect((yield* now()) - start).to.be.at.least(duration);
      }
    });
  });

  it('returns early, at half of the time that is left', () => {
    const strategy = newStrategy();
    const start = performance.now();
    strategy.sleep(start + 40, new Wakeup());
    expect(performance.now() - start).to.be.at.least(19);
  });

  it('returns at once when the wakeup was requested before', () => {
    const wakeup = new Wakeup();
    wakeup.request();
    newStrategy().sleep(Infinity, wakeup);
    newStrategy().sleep(performance.now() + 0.1, wakeup);
    expect(wakeup.requested).to.equal(true);
  });

  it('is woken by another thread, also without a deadline', async () => {
    const wakeup = new Wakeup();
    const workerData = wakeup.share();
    const other = `
      const word = new Int32Array(require('node:worker_threads').workerData);
      Atomics.store(word, 0, 1);
      Atomics.notify(word, 0);
    `;
    const worker = new Worker(other, { eval: true, workerData });
    newStrategy().sleep(Infinity, wakeup);
    expect(wakeup.requested).to.equal(true);
    await worker.terminate();
  });

  it('ends the sleep of a task that is cancelled', () => {
    const result = createLoop(napModule, sleepModule).runSync(function* () {
      const task = yield* spawn(sleep(1e9));
      yield* sleep(1);
      task.cancel('enough');
      return task;
    }).result;
    expect(result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
  });

  it('ends the run of a deadlocked program', () => {
    expect(() => createLoop(napModule, sleepModule).runSync(sleep(Infinity))).to.throw(DeadlockError);
  });

  it('is a module that the comparison can load', async () => {
    const exported = Object.values(await load<Record<string, unknown>>('docs/examples/extending/nap.ts'));
    expect(exported).to.include(napModule);
  });
});
