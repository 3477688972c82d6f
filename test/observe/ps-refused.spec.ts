import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { isAlive, observe, startObserve, Targets } from './support/processes.js';

const programOf = (pid: number) => basename(readlinkSync(`/proc/${pid}/exe`));
const soon = () => new Promise(resolve => setTimeout(resolve, 10));
/** The user that owns nothing. */
const NOBODY = 65_534;
const AS_NOBODY = { uid: NOBODY, gid: NOBODY };
const notOpened = (pid: number) =>
  `Process ${pid} took SIGUSR1, but did not open its inspector in time. Its main thread may be in a system call or an addon, where no JavaScript runs: --timeout <s> waits longer. It opens the inspector after that, and nobody closes it then. Or the program listens for SIGUSR1 itself, which keeps Node from it: start it with --inspect=<port>, and say --port <port> here.`;
const IDLE = `console.log('up'); setTimeout(() => {}, 60000);`;

describe('escapement-observe ps of a process that it cannot look at', function () {
  this.timeout(120_000);
  const targets = new Targets();

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  afterEach(() => targets.endAll());

  /** One line, no signal that ends the process, and exit code 1. */
  async function refused(pid: number, message: string, ...args: string[]): Promise<void> {
    const run = await observe('ps', String(pid), ...args);
    expect(run).to.deep.equal({ status: 1, stdout: '', stderr: `escapement-observe: ${message}\n` });
  }

  it('says that there is none', async () => {
    // Above the highest number that Linux gives.
    await refused(4_194_305, 'There is no process 4194305.');
  });

  it('says that it has ended, if nobody has fetched its exit code', async () => {
    const { pid, said } = await targets.start('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
    const zombie = Number(said);
    while (isAlive(zombie)) await soon();
    await refused(zombie, `Process ${zombie} has ended.`);
    expect(isAlive(pid)).to.equal(true);
  });

  it('sends no signal to a process that is not Node: it would end', async () => {
    const { pid } = await targets.start('sh', ['-c', 'echo up; exec sleep 60']);
    while (programOf(pid) !== 'sleep') await soon();
    await refused(
      pid,
      `Process ${pid} runs sleep, not node. If it has Node in it and its inspector is open, say at which port: --port <port>.`,
    );
    expect(isAlive(pid)).to.equal(true);
  });

  it('sends no signal to a Node that does not take it', async function () {
    if (!process.allowedNodeEnvironmentFlags.has('--disable-sigusr1')) this.skip();
    const pid = await targets.program(IDLE, '--disable-sigusr1');
    await refused(
      pid,
      `Process ${pid} was started with --disable-sigusr1, so its inspector cannot be opened from outside. Start it without that, or with --inspect=<port>.`,
    );
    expect(isAlive(pid)).to.equal(true);
  });

  it('says so if the program itself takes the signal', async () => {
    const pid = await targets.program(`process.on('SIGUSR1', () => {}); ${IDLE}`);
    await refused(pid, notOpened(pid), '--timeout', '1');
    expect(isAlive(pid)).to.equal(true);
  });

  it('says that it is stopped', async () => {
    const pid = await targets.program(IDLE);
    process.kill(pid, 'SIGSTOP');
    while (!/^State:\s+T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) await soon();
    await refused(pid, `Process ${pid} is stopped. Let it go on: kill -CONT ${pid}`);
  });

  it('says of which process a thread is', async () => {
    const pid = await targets.program(IDLE);
    const thread = readdirSync(`/proc/${pid}/task`).find(id => id !== String(pid));
    await refused(Number(thread), `${thread} is a thread of process ${pid}. Ask for that.`);
  });

  it('says that it belongs to another user', async function () {
    // Root may look at everything, and become nobody. Another user may not look at what root runs.
    const isRoot = process.getuid?.() === 0;
    // Node or this checkout may be in a folder that only root may read.
    if (isRoot && (await startObserve(['--version'], AS_NOBODY).ended).status !== 0) {
      console.log('      skipped: needs a Node and a checkout that every user may read');
      return this.skip();
    }
    const pid = isRoot ? await targets.program(IDLE) : 1;
    const { stderr, status } = await startObserve(['ps', String(pid)], isRoot ? AS_NOBODY : {}).ended;
    expect([stderr, status]).to.deep.equal([
      `escapement-observe: Process ${pid} belongs to another user. Run this command as that user, or as root.\n`,
      1,
    ]);
  });

  it('says that it has a network of its own', async function () {
    const started = targets.start('unshare', ['-n', process.execPath, '-e', IDLE]).catch(() => undefined);
    const container = await started;
    // Only root can make one, and not everywhere.
    if (container === undefined) return this.skip();
    await refused(
      container.pid,
      `Process ${container.pid} has a network of its own, as in a container. Run this command in there, with the number that the process has in there.`,
    );
  });

  it('says that no inspector is at --port, or that of another process', async () => {
    const pid = await targets.program(IDLE, '--inspect=0');
    await refused(pid, 'No inspector answers at port 1 of this machine.', '--port', '1');
  });

  it('says that the thread does not answer, in a system call', async () => {
    const inSleep = `setTimeout(() => require('node:child_process').spawnSync('sleep', ['60']), 100)`;
    const [closed, open] = await Promise.all([
      targets.program(`console.log('up'); ${inSleep}`),
      targets.program(`console.log('up'); ${inSleep}`, '--inspect=0'),
    ]);
    for (const pid of [closed, open]) {
      while (readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') === '') await soon();
    }
    await refused(closed, notOpened(closed), '--timeout', '1');
    await refused(
      open,
      'The main thread did not answer within 1 s. It is probably in a system call or an addon, where no JavaScript runs. --timeout <s> waits longer.',
      '--timeout',
      '1',
    );
  });
});

describe('escapement-observe with wrong usage exits with 2 and one line that says', function () {
  this.timeout(60_000);
  const cases: [string[], RegExp][] = [
    [['ps'], /missing required argument 'pid'/],
    [['ps', 'node'], /'node'.*Expected the number of a process, like 4242/],
    [['ps', '0'], /Expected the number of a process/],
    [['ps', '1', '2'], /too many arguments/],
    [['ps', '1', '--al'], /unknown option '--al' \(Did you mean --all\?\)/],
    [['ps', '1', '--interval', '0'], /Expected seconds, above 0/],
    [['ps', '1', '--timeout', 'long'], /Expected seconds, above 0/],
    [['ps', '1', '--port', 'x'], /Expected a port/],
    [['sp'], /unknown command 'sp' \(Did you mean ps\?\)/],
  ];
  for (const [args, message] of cases) {
    it(`${message} to ${args.join(' ')}`, async () => {
      const { status, stdout, stderr } = await observe(...args);
      expect(stderr)
        .to.match(/^escapement-observe: .*\n$/)
        .and.match(message);
      expect([status, stdout]).to.deep.equal([2, '']);
    });
  }

  it('nothing to --help, and to no arguments', async () => {
    const runs = await Promise.all([observe('--help'), observe(), observe('ps', '--help'), observe('--version')]);
    expect(runs.map(({ status, stderr }) => [status, stderr])).to.deep.equal(Array(4).fill([0, '']));
    expect(runs[0]!.stdout).to.equal(runs[1]!.stdout).and.include('Usage');
    expect(runs[2]!.stdout).to.include('--watch').and.include('Exit codes');
  });
});
