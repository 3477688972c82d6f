import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseResults } from '@escapement/lab';
import { expect } from 'chai';

const BIN = fileURLToPath(new URL('bin/escapement-lab.js', import.meta.resolve('@escapement/lab')));
const HERE = fileURLToPath(new URL('.', import.meta.url));
/** So long sleeps that each is a round, without cold and warm-up rounds: it gets stuck in the fourth. */
const STUCK = ['--no-baselines', '--module', 'fixtures/stuck-module.js', '--strategy', 'busy-wait', '--sleep', '70'];

interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a process group of its own, as in a terminal: a signal reaches its children, too. */
class Lab {
  readonly #child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: HERE,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', text => (this.#stdout += text));
    child.stderr.setEncoding('utf8').on('data', text => (this.#stderr += text));
    this.ended = new Promise(resolve => {
      child.on('close', (status, signal) => resolve({ status, signal, stdout: this.#stdout, stderr: this.#stderr }));
    });
  }

  interrupt(): void {
    process.kill(-this.#child.pid!, 'SIGINT');
  }

  /** As `head -1` does. */
  closeStdoutAfterFirstLine(): void {
    this.#child.stdout!.once('data', () => this.#child.stdout!.destroy());
  }
}

describe('escapement-lab that is interrupted', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'escapement-lab-interrupt-'));
  const path = (name: string) => join(folder, name);
  after(() => rmSync(folder, { recursive: true }));

  it('by Ctrl-C in the middle of a round that spins shows and saves what there is, and exits with 130', async () => {
    const lab = new Lab([...STUCK, '--rounds', '1000', '--json', path('a.json')], { STUCK: path('a') });
    await until(() => existsSync(path('a')));
    const interruptedAt = performance.now();
    lab.interrupt();
    const { status, stdout, stderr } = await lab.ended;
    expect(performance.now() - interruptedAt).to.be.below(5000);
    expect(withoutProgress(stderr)).to.equal('');
    expect(stdout)
      .to.match(/^Not complete: interrupted$/m)
      .and.match(/^busy-wait /m);
    const { partial, scenarios } = parseResults(readFileSync(path('a.json'), 'utf8'), 'a.json');
    expect(partial).to.equal('interrupted');
    expect(scenarios[0]!.rows.map(({ failure }) => failure)).to.deep.equal([null, null]);
    expect(scenarios[0]!.rows[0]!.rounds).to.not.be.empty;
    expect(status).to.equal(130);
  });

  it('twice ends at once, even while it writes', async function () {
    if (process.platform !== 'linux') this.skip();
    execFileSync('mkfifo', [path('full')]);
    const pipe = openSync(path('full'), constants.O_RDWR | constants.O_NONBLOCK);
    const lab = new Lab([...STUCK, '--json', path('full')], { STUCK: path('b') });
    try {
      fill(pipe);
      await until(() => existsSync(path('b')));
      lab.interrupt();
      await delay(1500);
      lab.interrupt();
      expect((await lab.ended).signal).to.equal('SIGINT');
    } finally {
      closeSync(pipe);
    }
  });

  it('by a reader that has seen enough ends quietly and saves', async () => {
    const args = ['--quick', '--rounds', '1', '--sleep', '1', '--strategy', 'busy-wait', '--no-baselines'];
    const lab = new Lab([...args, '--json', path('c.json')]);
    lab.closeStdoutAfterFirstLine();
    const { status, stderr } = await lab.ended;
    expect(withoutProgress(stderr)).to.equal('');
    expect(status).to.equal(0);
    expect(parseResults(readFileSync(path('c.json'), 'utf8'), 'c.json').partial).to.equal(null);
  });

  it('by its time limit ends what hangs, and says what that left no time for', async () => {
    const startedAt = performance.now();
    const { status, stdout } = await new Lab([...STUCK, '--time', '2', '--sleep', '70', '1900']).ended;
    // Its limit, and what Node and the report take on a busy machine.
    expect(performance.now() - startedAt).to.be.below(12_000);
    expect(stdout).to.match(/left out: the time did not suffice/);
    // 1 if the machine was so busy that there was no time for anything.
    expect(status).to.be.oneOf([0, 1]);
  });
});

/** On a slow machine there are lines on the progress. */
function withoutProgress(stderr: string): string {
  return stderr.replaceAll(/^\d+ %.*\n/gm, '');
}

function fill(pipe: number): void {
  try {
    for (;;) writeSync(pipe, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(20);
}
