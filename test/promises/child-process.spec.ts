import { promiseModule } from '@escapement/promises/module';
import { type ChildProcess, ChildProcessError, childProcess } from '@escapement/promises/node';
import { expect } from 'chai';
import {
  busyWaitModule,
  createLoop,
  IncompatiblePluginsError,
  pause,
  sleep,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';
import { errorOf, promiseLoop } from './promise-loop.js';

const node = (code: string) => ['-e', code] as const;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const countOf = (type: string) => process.getActiveResourcesInfo().filter(each => each === type).length;

/** How many are open, once there are as few as expected: the host closes its handles a little after the `exit` event. */
async function leftOf(type: string, expected: number): Promise<number> {
  for (let n = 0; n < 500 && countOf(type) > expected; n++) await new Promise(resolve => setTimeout(resolve, 2));
  return countOf(type);
}

describe('childProcess', function () {
  this.timeout(20_000);

  it('runs with its standard streams as byte streams, and tells how it ended', async () => {
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const child = yield* childProcess('cat');
      expect(isAlive(child.pid)).to.equal(true);
      yield* child.stdin.write('one\ntwo\n');
      expect(yield* child.stdout.readLine()).to.equal('one');
      yield* child.stdin.end();
      expect([yield* child.stdout.readLine(), yield* child.stdout.readLine()]).to.deep.equal(['two', undefined]);
      expect(yield* child.exited).to.deep.equal({ code: 0, signal: null });
      expect(yield* child.exited).to.deep.equal({ code: 0, signal: null });
      expect(child.hasExited).to.equal(true);
      child.kill();
    });
  });

  it('tells exit codes and signals, to any number of tasks', async () => {
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const failing = yield* childProcess('sh', ['-c', 'echo no >&2; exit 3']);
      expect(yield* failing.stderr.readLine()).to.equal('no');
      expect(yield* failing.exited).to.deep.equal({ code: 3, signal: null });
      const sleeping = yield* childProcess('sleep', ['60']);
      const waiting = [yield* spawn(sleeping.exited), yield* spawn(sleeping.exited)];
      yield* pause();
      sleeping.kill('SIGINT');
      for (const task of waiting) expect(yield* task).to.deep.equal({ code: null, signal: 'SIGINT' });
    });
  });

  it('is ended with its task, however that ends, and the task waits for that', async () => {
    for (const end of ['returns', 'throws', 'is cancelled']) {
      const { loop } = promiseLoop();
      let child: ChildProcess | undefined;
      await loop
        .run(function* () {
          const task = yield* spawn(function* () {
            child = yield* childProcess('sleep', ['60']);
            if (end === 'throws') throw new Error('thrown');
            if (end === 'is cancelled') yield* sleep(60_000);
          });
          while (child === undefined) yield* sleep(1);
          if (end === 'is cancelled') task.cancel();
          while (!task.isEnded) yield* sleep(1);
          expect(isAlive(child.pid), end).to.equal(false);
        })
        .catch(() => {});
      expect(isAlive(child!.pid), end).to.equal(false);
      expect(child!.hasExited).to.equal(true);
    }
  });

  it('is killed after the grace if it ignores SIGTERM', async () => {
    const { loop } = promiseLoop();
    let child: ChildProcess | undefined;
    await loop.run(function* () {
      const task = yield* spawn(function* () {
        child = yield* childProcess('sh', ['-c', "trap '' TERM; echo ready; while :; do sleep 0.01; done"], {
          grace: 30,
        });
        yield* child.stdout.readLine();
        yield* sleep(60_000);
      });
      yield* sleep(100);
      task.cancel();
      while (!task.isEnded) yield* sleep(1);
      expect(yield* child!.exited).to.deep.equal({ code: null, signal: 'SIGKILL' });
    });
    expect(isAlive(child!.pid)).to.equal(false);
  });

  it('that ends by a time limit is ended, too', async () => {
    const { loop } = promiseLoop();
    let child: ChildProcess | undefined;
    const program = timeout(50, function* () {
      child = yield* childProcess('sleep', ['60']);
      yield* child.exited;
    });
    expect(await errorOf(() => loop.run(program))).to.be.instanceOf(TimeoutError);
    expect(child!.hasExited).to.equal(true);
  });

  it('that cannot be started throws an error that says what to check', async () => {
    const { loop } = promiseLoop();
    const nobody = await errorOf(() => loop.run(childProcess('no-such-program')));
    expect(nobody).to.be.instanceOf(ChildProcessError).with.property('code', 'ESC_CHILD_NOT_STARTED');
    expect(nobody.message).to.include('childProcess could not start "no-such-program": spawn no-such-program ENOENT');
    const nowhere = await errorOf(() => loop.run(childProcess('true', [], { cwd: '/no/such/folder' })));
    expect(nowhere.message).to.include('whether the folder "/no/such/folder" exists');
    for (const [command, options, message] of [
      [5, {}, 'childProcess got 5, expected the name'],
      ['true', 5, 'childProcess got 5, expected options'],
      ['true', { grace: -1 }, 'childProcess got -1 for `grace`'],
      ['a\0b', {}, 'childProcess could not start'],
    ])
      expect((await errorOf(() => loop.run(childProcess(command as never, [], options as never)))).message).to.include(
        message,
      );
  });

  it('whose stream is no pipe says so', async () => {
    const { loop } = promiseLoop();
    await loop.run(function* () {
      const child = yield* childProcess(process.execPath, node(''), { stdio: ['ignore', 'pipe', 'ignore'] });
      expect(() => child.stdin).to.throw('is no pipe, expected that `stdio` says');
      expect(yield* child.stdout.readLine()).to.equal(undefined);
      yield* child.exited;
    });
  });

  it('is ended in the moment of its start, if its task is cancelled then', async () => {
    const { loop } = promiseLoop();
    for (let round = 0; round < 4; round++) {
      await loop.run(function* () {
        const task = yield* spawn(childProcess('sleep', ['60']));
        for (let turn = 0; turn < round; turn++) yield* pause();
        task.cancel();
        while (!task.isEnded) yield* sleep(1);
      });
    }
    expect(await leftOf('ProcessWrap', 0)).to.equal(0);
  });

  it('leaves nothing open in the host, whoever ends it', async () => {
    const { loop } = promiseLoop();
    const before = countOf('PipeWrap');
    await loop.run(function* () {
      for (let n = 0; n < 12; n++)
        yield* spawn(function* () {
          const child = yield* childProcess('sleep', ['60']);
          yield* sleep(n % 3);
          if (n % 4 !== 3) child.kill(n % 4 === 0 ? 'SIGTERM' : 'SIGKILL');
          if (n % 4 < 2) yield* child.exited;
        });
    });
    expect(await leftOf('PipeWrap', before)).to.equal(before);
    expect(await leftOf('ProcessWrap', 0)).to.equal(0);
  });

  it('is refused beside a strategy that never lets the host run, and does not compile without promiseModule', () => {
    expect(() => createLoop(busyWaitModule, promiseModule)).to.throw(
      IncompatiblePluginsError,
      'Use one that yields to the host: setTimeoutModule',
    );
    // @ts-expect-error promiseModule is missing
    expect(() => createLoop(busyWaitModule).run(childProcess('true'))).to.be.a('function');
  });
});
