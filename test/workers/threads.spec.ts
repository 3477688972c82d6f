import { MessageChannel } from 'node:worker_threads';
import {
  closePort,
  type LoopInWorkerOptions,
  loopInWorker,
  type PortEvent,
  RemoteError,
  received,
  WorkerExitedError,
  type WorkerProgram,
  workerProgram,
} from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  type Coroutine,
  createLoop,
  type Scope,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import type * as Programs from './programs.js';
import { errorIn, loopWith, STRATEGIES } from './thread.js';

const url = new URL('./programs.js', import.meta.url);

/** Runs one of `programs.ts` in a thread whose loop has the strategy `alias`. */
function inThread<T = unknown>(
  alias: string,
  name: keyof typeof Programs,
  args: readonly unknown[] = [],
  options: LoopInWorkerOptions = {},
): Coroutine<T, PortEvent | Scope> {
  const env = { ...process.env, THREAD_STRATEGY: alias };
  return loopInWorker<WorkerProgram<readonly unknown[], T>>(url, name, args, { env, ...options });
}

const words = () => new Int32Array(new SharedArrayBuffer(4));

/** Waits until a program has begun. */
function* begun(shared: Int32Array) {
  while (Atomics.load(shared, 0) === 0) yield* sleep(1);
}

for (const [alias, strategy] of Object.entries(STRATEGIES)) {
  // The same on both sides: the mixed pairs are in ports.spec.ts.
  describe(`loopInWorker, under ${alias}`, function () {
    this.timeout(30_000);
    const loop = loopWith(strategy);

    it('evaluates to the value of the program, which gets the arguments', async () => {
      expect(await loop.run(inThread(alias, 'sum', [1, 2, 3]))).to.equal(6);
    });

    it('throws the error of the program, with name, message, code, stack and cause', async () => {
      const error = (await loop.run(errorIn(inThread(alias, 'fails')))) as RemoteError;
      expect(error).to.be.instanceOf(RemoteError).and.instanceOf(Error);
      expect(error).to.include({ name: 'RangeError', message: 'out of range', code: 'OUT_OF_RANGE' });
      expect(error.stack).to.include('RangeError: out of range').and.include('programs.');
      expect(error.cause).to.be.instanceOf(RemoteError).and.include({ name: 'TypeError', message: 'the cause' });
    });

    it('cancels the program with its task: its clean-ups run before the task goes on', async () => {
      const shared = words();
      const result = await loop.run(function* () {
        const task = yield* spawn(inThread(alias, 'waits', [shared]));
        yield* begun(shared);
        task.cancel('enough');
        yield* errorIn(task);
        expect(Atomics.load(shared, 0)).to.equal(2);
        return task.result;
      });
      expect(result).to.deep.equal({ state: 'cancelled', reason: 'enough' });
    });

    it('throws an error when the thread exits before the program has ended', async () => {
      const error = (await loop.run(errorIn(inThread(alias, 'exits')))) as WorkerExitedError;
      expect(error).to.be.instanceOf(WorkerExitedError);
      expect(error.exitCode).to.equal(alias === 'set-timeout' ? 7 : undefined);
      expect(error.message).to.include('the thread of "exits"').and.include('before it was done');
    });

    it('throws an error that nobody catches in the thread, with it as cause', async () => {
      const error = (await loop.run(errorIn(inThread('set-timeout', 'fallsApart')))) as WorkerExitedError;
      expect(error).to.be.instanceOf(WorkerExitedError);
      expect(error.cause).to.be.instanceOf(RemoteError).and.include({ message: 'nobody catches this' });
    });
  });
}

describe('loopInWorker', function () {
  this.timeout(30_000);
  const loop = loopWith(setTimeoutModule);
  const errorOf = (name: keyof typeof Programs, args: readonly unknown[] = []) =>
    loop.run(errorIn(inThread('atomics-wait', name, args)));

  it('takes over an AggregateError, and what is no error', async () => {
    const error = await errorOf('failsTwice');
    expect(error.name).to.equal('AggregateError');
    expect((error as AggregateError).errors.map(each => each.message)).to.have.members(['one', 'two']);
    expect(await errorOf('throwsText')).to.equal('only text');
  });

  it('says which export is missing, or is no program', async () => {
    expect((await errorOf('missing' as never)).message).to.include(
      'exports nothing as "missing", expected what workerProgram',
    );
    expect((await errorOf('noProgram')).message).to.include('exports a value of type number as "noProgram"');
    const nowhere = loopInWorker(new URL('./nowhere.js', import.meta.url), 'sum', []);
    expect(await loop.run(errorIn(nowhere))).to.have.property('code', 'ERR_MODULE_NOT_FOUND');
  });

  it('throws what cannot be copied, either way', async () => {
    expect(await errorOf('sum', [() => {}])).to.have.property('name', 'DataCloneError');
    expect(await errorOf('notCloneable')).to.have.property('name', 'DataCloneError');
  });

  it('throws TaskCancelledError if the program cancels itself', async () => {
    expect(await errorOf('cancelsItself')).to.include({ name: 'TaskCancelledError', code: 'ESC_TASK_CANCELLED' });
  });

  it('is cancelled, whatever the program returns then; an error of its clean-up is thrown', async () => {
    for (const [name, expected] of [
      ['ignoresCancellation', 'TaskCancelledError'],
      ['failsInCleanup', 'Error'],
    ] as const) {
      const shared = words();
      const program = loop.run(function* () {
        const task = yield* spawn(inThread('atomics-wait', name, [shared]));
        yield* begun(shared);
        task.cancel();
        return yield* errorIn(task);
      });
      const error = await program.catch(error => error);
      expect(error.name).to.equal(expected);
      if (expected === 'Error') expect(error.message).to.equal('clean-up failed');
    }
  });

  it('cancels a program that has not begun: it never runs', async () => {
    const shared = words();
    await loop.run(function* () {
      const task = yield* spawn(inThread('set-timeout', 'waits', [shared]));
      yield* sleep(1);
      task.cancel();
      yield* errorIn(task);
      expect(task.result.state).to.equal('cancelled');
      expect(Atomics.load(shared, 0)).to.equal(0);
    });
  });

  it('cuts off what a program leaves open', async () => {
    expect(await loop.run(inThread('set-timeout', 'leavesThingsOpen'))).to.equal('done');
  });

  it('hands a port over, through which parent and program talk', async () => {
    const { port1, port2 } = new MessageChannel();
    const log = await loopWith(busyWaitModule).run(function* () {
      const task = yield* spawn(inThread('atomics-wait', 'echoes', [port2], { transfer: [port2] }));
      const log: unknown[] = [];
      for (const word of ['a', 'b']) {
        port1.postMessage(word);
        log.push(yield* received(port1));
      }
      port1.postMessage('stop');
      log.push(yield* task);
      return log;
    });
    closePort(port1);
    expect(log).to.deep.equal(['a', 'b', 'stopped']);
  });

  it('runs several threads at a time', async () => {
    const sums = await loop.run(function* () {
      const tasks = [];
      for (let n = 0; n < 3; n++) tasks.push(yield* spawn(inThread<number>('atomics-wait', 'sum', [n, n])));
      const sums = [];
      for (const task of tasks) sums.push(yield* task);
      return sums;
    });
    expect(sums).to.deep.equal([0, 2, 4]);
  });

  it('knows arguments and result by type; a loop without a handler that the program needs does not compile', () => {
    type Sum = typeof Programs.sum;
    const program = () => loop.run(loopInWorker<Sum>(url, 'sum', [1, 2])).then((sum: number) => sum);
    // @ts-expect-error the arguments are numbers
    const wrongArgument = () => loopInWorker<Sum>(url, 'sum', ['1']);
    // @ts-expect-error portModule is missing in the parent
    const noModule = () => createLoop(setTimeoutModule).run(loopInWorker<Sum>(url, 'sum', [1]));
    // @ts-expect-error portModule is missing in the thread's loop
    const noPort = () => workerProgram(createLoop(setTimeoutModule, sleepModule), () => sleep(1));
    // @ts-expect-error sleepModule is missing in the thread's loop
    const noSleep = () => workerProgram(createLoop(setTimeoutModule, portModule), () => sleep(1));
    expect([program, wrongArgument, noModule, noPort, noSleep]).to.have.lengthOf(5);
  });
});
