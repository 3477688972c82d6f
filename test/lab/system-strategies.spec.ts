import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';

/** Node 26 deprecates `module.register`; its successor is not in Node 20. */
const NO_HINT = '--disable-warning=DEP0205';
const LAB = JSON.stringify(import.meta.resolve('@escapement/lab/internal'));
const OTHER_IO = import.meta.resolve('./fixtures/other-io.js');

const SHOW = `
  const { systemStrategies } = await import(${LAB});
  const shown = await systemStrategies().then(
    strategies => strategies.map(({ alias, waits }) => alias + ' ' + waits).join(),
    error => ['failed:', error.code, error.message].join(' '));
  console.log(shown || 'none');`;

describe('systemStrategies', () => {
  it('has epoll where @escapement/io is installed, on Linux', async () => {
    expect(await show([], SHOW)).to.equal(process.platform === 'linux' ? 'epoll blocks' : 'none');
  });

  it('has none where it is not installed', async () => {
    expect(await showWith('missing')).to.equal('none');
  });

  it('has none on a system that io does not support', async () => {
    const pretence = "Object.defineProperty(process, 'platform', { value: 'win32' });";
    expect(await show([], pretence + SHOW)).to.equal('none');
  });

  it('reports the error of an io that is installed and fails', async () => {
    expect(await showWith("throw new Error('out of order')")).to.equal('failed:  out of order');
  });

  it('reports the error of an io that lacks a dependency of its own', async () => {
    expect(await showWith("import 'file:///no/such/koffi.js'")).to.match(/^failed: ERR_MODULE_NOT_FOUND .*koffi/);
  });

  it('has the strategies that io exports', async () => {
    const source = `
      import { busyWaitModule } from '${import.meta.resolve('escapement')}';
      export const module = busyWaitModule;`;
    expect(await showWith(source)).to.equal('busy-wait spins');
  });
});

describe('escapement-lab without @escapement/io', () => {
  const lab = new URL('bin/escapement-lab.js', import.meta.resolve('@escapement/lab/internal')).pathname;
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [NO_HINT, '--import', OTHER_IO, lab, ...args], {
      env: { ...process.env, IO: 'missing' },
    });

  it('compares the other strategies', async () => {
    const { stdout, stderr } = await run('--rounds', '1', '--sleep', '20', '--no-baselines');
    // On a busy machine there is time for lines of progress.
    expect(stderr).to.match(/^(\d+ %.*\n)*$/);
    const rows = stdout.split('\n').filter(line => /^[a-z]+(-[a-z]+)* +-?\d/.test(line));
    const names = rows.map(row => row.split(' ')[0]);
    expect(names).to.include.members(['atomics-wait', 'busy-wait', 'set-timeout']).and.not.include('epoll');
  });

  it('says what to install for epoll', async () => {
    const error = await run('--strategy', 'epoll').catch(each => each);
    expect(error.code).to.equal(2);
    expect(error.stderr).to.match(/^escapement-lab: --strategy epoll: .*install @escapement\/io.*\n$/);
  });
});

function showWith(io: string): Promise<string> {
  return show(['--import', OTHER_IO], SHOW, { IO: io });
}

async function show(flags: readonly string[], program: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const args = [...flags, '--input-type=module', '-e', program];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [NO_HINT, ...args], {
    env: { ...process.env, ...env },
  });
  return (stdout + stderr).trim();
}
