import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import type { LoopReport, ProcessReport } from '@escapement/observe';
import { expect } from 'chai';
import { isAlive, listenersOf, observe, startObserve, Targets } from './support/processes.js';

/** `name x 3: what it waits for` for each line. */
function linesOf({ lines }: LoopReport): string[] {
  return lines.map(({ name, count, waitsFor }) => `${name}${count > 1 ? ` x ${count}` : ''}: ${waitsFor ?? ''}`.trim());
}

/** Patient, because machines are slow. */
async function reportOf(pid: number, ...args: string[]): Promise<ProcessReport> {
  const { status, stdout, stderr } = await observe('ps', String(pid), '--json', '--timeout', '60', ...args);
  expect(stderr).to.equal('');
  expect(status).to.equal(0);
  return JSON.parse(stdout);
}

const LINES = ['main:', 'writer: SleepFor(duration=120000)', 'reader: Acquire(lock "db", held by task "writer")'];

const IDLE = `console.log('up'); setTimeout(() => {}, 60000);`;

/** Loops with an event that cannot be described, in the main thread and in a worker; and a worker without. */
const ENDLESS = `
  const { Worker, isMainThread, workerData } = require('node:worker_threads');
  const name = workerData ?? 'main';
  if (isMainThread) for (const name of ['same', 'other']) new Worker(process._eval, { eval: true, workerData: name, name });
  const { createLoop, setTimeoutModule, sleepModule, sleep, spawn } = require('escapement');
  createLoop(setTimeoutModule, sleepModule).run(function* main() {
    const endless = sleep(60000);
    if (name !== 'other') endless.toString = () => { for (;;); };
    yield* spawn(function* () { yield* endless; });
    if (isMainThread) setTimeout(() => console.log('up'), 1000);
    for (;;) {
      yield* sleep(200);
      if (name !== 'other') process.stderr.write('tick of ' + name + '\\n');
    }
  });`;

describe('escapement-observe ps', function () {
  this.timeout(120_000);
  const targets = new Targets();

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  afterEach(() => targets.endAll());

  it('shows the loop of a process that blocks, which goes on, and closes the inspector again', () =>
    showsLoop('atomics-wait'));
  it('shows the loop of a process that spins, which goes on, and closes the inspector again', () =>
    showsLoop('busy-wait'));
  it('shows the loop of a process that yields, which goes on, and closes the inspector again', () =>
    showsLoop('set-timeout'));

  async function showsLoop(strategy: string): Promise<void> {
    const pid = await targets.loop(strategy, '2');
    const { threads, ...about } = await reportOf(pid);
    expect(about).to.deep.include({ pid, node: process.version });
    expect(threads.map(({ name }) => name)).to.deep.equal(['main thread']);
    const [loop, ...others] = threads[0]!.loops;
    expect(others).to.deep.equal([]);
    expect(loop).to.deep.include({ strategy, policy: 'fifo', hasTimes: true, isPartial: false });
    expect(linesOf(loop!).slice(0, 3)).to.deep.equal(LINES);
    expect(loop!.lines[1]!.age![0]).to.be.above(0);
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
  }

  it('shows the loops of workers that block, also of workers that workers have started', () =>
    showsWorkers('atomics-wait'));
  it('shows the loops of workers that spin, also of workers that workers have started', () =>
    showsWorkers('busy-wait'));
  it('shows the loops of workers that wait in a system call under epoll, also of workers that workers have started', () =>
    showsWorkers('epoll'));

  async function showsWorkers(strategy: string): Promise<void> {
    const pid = await targets.loop(strategy, '0', 'workers');
    const { threads } = await reportOf(pid);
    const names = threads.map(({ name }) => name.replace(/^\[worker \d\] /, ''));
    expect(names).to.deep.equal(['main thread', 'below 2', 'below 1']);
    for (const { loops } of threads) expect(linesOf(loops[0]!).slice(0, 3)).to.deep.equal(LINES);
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
  }

  it('shows a loop that waits in a system call under epoll, which goes on', async () => {
    const pid = await targets.program(
      `Promise.all([import('escapement'), import('@escapement/io')]).then(
        ([{ createLoop, sleepModule, sleep }, { epollModule, ioModule }]) =>
          createLoop(epollModule, ioModule, sleepModule).run(function* main() {
            console.log('up');
            yield* sleep(60000);
          }));`,
    );
    for (let n = 0; n < 5; n++) {
      const { threads } = await reportOf(pid);
      expect(threads[0]!.loops[0]).to.deep.include({ strategy: 'epoll' });
      expect(linesOf(threads[0]!.loops[0]!)).to.deep.equal(['main: SleepFor(duration=60000)']);
      expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
    }
  });

  it('shows a loop under epoll whose inspector another command has left open', async () => {
    const pid = await targets.program(`
      require('node:inspector').open(0);
      Promise.all([import('escapement'), import('@escapement/io')]).then(
        ([{ createLoop, sleepModule, sleep }, { epollModule, ioModule }]) =>
          createLoop(epollModule, ioModule, sleepModule).run(function* main() {
            console.log('up');
            yield* sleep(60000);
          }));`);
    const { threads } = await reportOf(pid);
    expect(threads[0]!.loops[0]).to.deep.include({ strategy: 'epoll' });
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 1]);
  });

  it('shows a task in the middle of a step that never ends', async () => {
    const pid = await targets.program(
      `import('escapement').then(({ createLoop, busyWaitModule, sleepModule }) =>
        createLoop(busyWaitModule, sleepModule).run(function* stuck() { console.log('up'); for (;;); }));`,
    );
    const { threads } = await reportOf(pid);
    expect(threads[0]!.loops[0]!.lines).to.have.length(1);
    expect(threads[0]!.loops[0]!.lines[0]).to.deep.include({ name: 'stuck', state: 'running' });
  });

  it('ends the look at a thread where the toString of an event never returns, and the thread goes on', async () => {
    const { pid, complains } = await targets.start(process.execPath, ['--inspect-port=0', '-e', ENDLESS]);
    const { status, stdout, stderr } = await observe('ps', String(pid), '--timeout', '3');
    expect([status, stderr]).to.deep.equal([0, '']);
    expect(stdout)
      .to.include(
        'main thread: The look at the main thread was ended after 4.5 s, and the thread goes on. The toString of an event there probably does not end. If it is only slow, --timeout <s> waits longer.',
      )
      .and.match(/same: The look at the .*same was ended after 4.5 s/)
      .and.match(/other: set-timeout/);
    const before = (await complains(/tick/)).length;
    for (const name of ['main', 'same']) await complains(new RegExp(`^[^]{${before}}[^]*tick of ${name}`));
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
  });

  it('shows the loop of a CommonJS program, which has not loaded this package', async () => {
    const pid = await targets.program(
      `const { createLoop, atomicsWaitModule, sleepModule, sleep } = require('escapement');
      createLoop(atomicsWaitModule, sleepModule).run(function* old() { console.log('up'); yield* sleep(60000); });`,
      '--input-type=commonjs',
    );
    const { threads } = await reportOf(pid);
    expect(linesOf(threads[0]!.loops[0]!)).to.deep.equal(['old: SleepFor(duration=60000)']);
    expect(listenersOf(pid)).to.equal(0);
    const text = (await observe('ps', String(pid), '--timeout', '60')).stdout;
    expect(text).to.match(/old {2}- {2}sleeps for 1 min 0 s|old {2}- {2}sleeps for 1 min/);
    expect(text).to.include('load waitTimesModule() from @escapement/observe/module');
  });

  it('closes the inspector for good: it stays closed when the host has its turn after a long block', async () => {
    const { pid, complains } = await targets.start(process.execPath, [
      '--inspect-port=0',
      '-e',
      `console.log('up');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 8000);
      setTimeout(() => console.error('host'), 200);
      setTimeout(() => {}, 60000);`,
    ]);
    await reportOf(pid);
    await complains(/host/);
    expect(listenersOf(pid)).to.equal(0);
  });

  it('does no harm to the process, however often it looks', async () => {
    const pid = await targets.loop('atomics-wait');
    for (let n = 0; n < 10; n++) await reportOf(pid);
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
  });

  it('looks at two processes at once, and twice at one, one look after the other', async () => {
    const pids = await Promise.all([targets.loop('atomics-wait'), targets.loop('busy-wait')]);
    const reports = await Promise.all([...pids, ...pids].map(pid => reportOf(pid)));
    expect(reports.map(({ pid, threads }) => [pid, threads[0]!.loops[0]!.strategy])).to.deep.equal([
      [pids[0], 'atomics-wait'],
      [pids[1], 'busy-wait'],
      [pids[0], 'atomics-wait'],
      [pids[1], 'busy-wait'],
    ]);
    expect(pids.map(listenersOf)).to.deep.equal([0, 0]);
  });

  it('waits for its port, if another process has its inspector open there for a moment', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    const pid = await targets.program(`console.log('up'); setTimeout(() => {}, 60000);`, `--inspect-port=${port}`);
    const fault = await observe('ps', String(pid), '--timeout', '2');
    expect(fault.stderr).to.equal(
      `escapement-observe: Process ${pid} would open its inspector at port ${port}, but process ${process.pid} has that. End that, or start the program with --inspect-port=0, which takes any free port.\n`,
    );
    expect(fault.status).to.equal(1);
    const { ended } = startObserve(['ps', String(pid), '--timeout', '60']);
    setTimeout(() => holder.close(), 1000);
    expect((await ended).stdout)
      .to.include(`process ${pid}`)
      .and.include('No loop of Escapement runs');
  });

  it('finds the port among the options also behind one with a value of its own', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => holder.once('listening', resolve));
    const { port } = holder.address() as AddressInfo;
    // Were the options behind the values not read, it would ask for a port that nobody can have.
    const options = [`--inspect-port=${port}`, '-r', 'node:fs', '--title', 'app', '--inspect-port', '0', '-e', IDLE];
    const { pid } = await targets.start(process.execPath, options);
    expect((await reportOf(pid)).threads).to.deep.equal([{ name: 'main thread', loops: [] }]);
    holder.close();
  });

  it('knows a process that has another number for itself, in a namespace of its own', async function () {
    const args = [
      '-p',
      '--fork',
      process.execPath,
      '--inspect-port=0',
      '-e',
      `console.log('up', process.pid); ${IDLE}`,
    ];
    const outer = await targets.start('unshare', args).catch(() => undefined);
    // Only root can make one, and not everywhere.
    if (outer === undefined) return this.skip();
    const inner = Number(readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8'));
    try {
      expect(outer.said).to.match(/^up 1\n/);
      const { threads } = await reportOf(inner);
      expect(threads).to.deep.equal([{ name: 'main thread', loops: [] }]);
    } finally {
      process.kill(inner, 'SIGKILL');
    }
  });

  it('leaves an inspector open that was open before, and finds it by --port, too', async () => {
    const pid = await targets.program(`console.log('up'); setTimeout(() => {}, 60000);`, '--inspect=0');
    expect(listenersOf(pid)).to.equal(1);
    expect((await reportOf(pid)).threads).to.deep.equal([{ name: 'main thread', loops: [] }]);
    expect(listenersOf(pid)).to.equal(1);
  });

  it('leaves an inspector open that the program itself has opened', async () => {
    const pid = await targets.program(
      `const inspector = require('node:inspector'); inspector.open(0); console.log(inspector.url()); setTimeout(() => {}, 60000);`,
    );
    await reportOf(pid);
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 1]);
  });

  for (const [what, open] of [
    ['was closed', ''],
    ['was open', "require('node:inspector').open(0);"],
  ]) {
    it(`leaves no listener of its own in a process whose inspector ${what}`, async () => {
      const program = `${open} setTimeout(() => {}, 60000); console.log('up');
        process.on('removeListener', name => process.stderr.write(name + ', ' + process.listenerCount(name) + ' left'));`;
      const { pid, complains } = await targets.start(process.execPath, ['--inspect-port=0', '-e', program]);
      await reportOf(pid);
      await complains(/SIGURG, 0 left/);
    });
  }

  it('closes the inspector before it ends by a signal, also without --watch', async () => {
    // A look at this one takes some seconds.
    const pid = await targets.program(ENDLESS.replace("['same', 'other']", '[]'));
    const { child, ended } = startObserve(['ps', String(pid), '--timeout', '4']);
    while (listenersOf(pid) === 0) await new Promise(resolve => setTimeout(resolve, 10));
    child.kill('SIGTERM');
    await ended;
    expect(child.signalCode).to.equal('SIGTERM');
    expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
  });

  it('exits with 1 if it can show nothing of any thread', async () => {
    const pid = await targets.program(ENDLESS.replace("['same', 'other']", '[]'));
    const { status, stdout, stderr } = await observe('ps', String(pid), '--timeout', '2');
    expect([status, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.include('The look at the main thread was ended').and.not.include('system call');
  });

  it('shows 100,000 tasks in a few lines', async () => {
    const pid = await targets.loop('atomics-wait', '100000');
    const { stdout } = await observe('ps', String(pid), '--timeout', '60');
    expect(stdout).to.match(/└─ worker x 100,000 .* sleeps/);
    expect(stdout.split('\n').length).to.be.below(20);
  });

  it('shows each task with --all', async () => {
    const pid = await targets.loop('atomics-wait', '1000');
    const { stdout } = await observe('ps', String(pid), '--all', '--timeout', '60');
    expect(stdout.match(/─ worker \d+ /g)).to.have.length(1000);
  });

  describe('--watch', () => {
    it('shows it again and again until it is interrupted, and closes the inspector then', async () => {
      const pid = await targets.loop('atomics-wait');
      const { child, ended } = startObserve(['ps', String(pid), '--watch', '--interval', '0.1', '--timeout', '60']);
      let shown = '';
      await new Promise<void>(resolve => {
        child.stdout!.on('data', (text: string) => {
          shown += text;
          if (shown.split(`process ${pid}`).length > 3) resolve();
        });
      });
      child.kill('SIGINT');
      expect(await ended).to.deep.include({ status: 0, stderr: '' });
      expect([isAlive(pid), listenersOf(pid)]).to.deep.equal([true, 0]);
    });

    it('ends when the process ends', async () => {
      const pid = await targets.loop('atomics-wait');
      const { child, ended } = startObserve(['ps', String(pid), '--watch', '--interval', '0.1', '--timeout', '60']);
      await new Promise(resolve => child.stdout!.once('data', resolve));
      await targets.endAll();
      expect(await ended).to.deep.include({ status: 0, stderr: '' });
    });
  });
});
