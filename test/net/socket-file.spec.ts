import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnixListener } from '@escapement/net';
import { expect } from 'chai';

describe('net: the file of a Unix listener', () => {
  let directory: string;
  let home: string;

  beforeEach(() => {
    home = process.cwd();
    directory = mkdtempSync(join(tmpdir(), 'escapement-'));
  });

  afterEach(() => {
    process.chdir(home);
    rmSync(directory, { recursive: true });
  });

  it('13. is removed at the close, also after a chdir', () => {
    process.chdir(directory);
    const listener = UnixListener.listen('socket');
    process.chdir(home);
    listener.close();
    expect(existsSync(join(directory, 'socket'))).to.equal(false);
  });

  it('13. is told apart from another file of that name', () => {
    process.chdir(directory);
    const listener = UnixListener.listen('socket');
    const elsewhere = mkdtempSync(join(directory, 'else-'));
    process.chdir(elsewhere);
    writeFileSync('socket', 'somebody else\u2019s');
    listener.close();
    expect(existsSync('socket')).to.equal(true);
  });

  it("13. stays if it is a successor's", () => {
    const path = join(directory, 'socket');
    const old = UnixListener.listen(path);
    unlinkSync(path);
    const successor = UnixListener.listen(path);
    old.close();
    expect(existsSync(path)).to.equal(true);
    successor.close();
    expect(existsSync(path)).to.equal(false);
  });

  it('13. may have been removed already', () => {
    const path = join(directory, 'socket');
    const listener = UnixListener.listen(path);
    unlinkSync(path);
    listener.close();
  });

  for (const [what, flags] of Object.entries({
    'is not allowed': [],
    'may only be read': ['--allow-fs-read=*'],
  })) {
    it(`13. is made and removed under the permission model where the path ${what}`, () => {
      const path = join(directory, 'socket');
      const program = `
        const { UnixListener } = await import(${JSON.stringify(import.meta.resolve('@escapement/net'))});
        const listener = UnixListener.listen(${JSON.stringify(path)});
        console.log('listens');
        listener.close();
        console.log('closed');`;
      const permission = process.allowedNodeEnvironmentFlags.has('--permission')
        ? '--permission'
        : '--experimental-permission';
      const args = [permission, '--allow-addons', `--allow-fs-read=${join(home, '*')}`, ...flags];
      const { stdout, stderr } = spawnSync(process.execPath, [...args, '--input-type=module', '-e', program], {
        encoding: 'utf8',
        timeout: 15_000,
      });
      expect(stdout, stderr).to.equal('listens\nclosed\n');
      expect(existsSync(path)).to.equal(false);
    });
  }

  it('13. is removed if it cannot be identified, because the process has no descriptor left', () => {
    const path = join(directory, 'socket');
    const program = `
      import { existsSync } from 'node:fs';
      import { close, open } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
      import { UnixListener } from ${JSON.stringify(import.meta.resolve('@escapement/net'))};
      const all = [];
      try { for (;;) all.push(open('/dev/null')); } catch {}
      close(all.pop());
      try { UnixListener.listen(${JSON.stringify(path)}); } catch (error) { console.log(error.code); }
      for (const fd of all) close(fd);
      console.log(existsSync(${JSON.stringify(path)}));`;
    const shell = 'ulimit -n 256; exec "$0" --input-type=module -e "$1"';
    const { stdout, stderr } = spawnSync('sh', ['-c', shell, process.execPath, program], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(stdout, stderr).to.equal('EMFILE\nfalse\n');
  });

  it('13. may have a name that begins with a byte order mark', () => {
    process.chdir(directory);
    const listener = UnixListener.listen('\ufeffsocket');
    expect(listener.address.path).to.equal('\ufeffsocket');
    listener.close();
    expect(existsSync('\ufeffsocket')).to.equal(false);
  });
});
