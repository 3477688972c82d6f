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

  it('13. may have a name that begins with a byte order mark', () => {
    process.chdir(directory);
    const listener = UnixListener.listen('\ufeffsocket');
    expect(listener.address.path).to.equal('\ufeffsocket');
    listener.close();
    expect(existsSync('\ufeffsocket')).to.equal(false);
  });
});
