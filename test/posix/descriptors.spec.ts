import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  close,
  OpenFlags,
  onClose,
  open,
  PosixError,
  pipe,
  read,
  setNonBlocking,
  WOULD_BLOCK,
  write,
} from '@escapement/posix';
import { expect } from 'chai';
import { failureOf, givingBackDescriptors, NOT_OPEN } from '../support/descriptors.js';

/** The flags that the kernel has for an open file, in octal. */
function flagsOf(fd: number): number {
  const info = readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8');
  return Number.parseInt(/flags:\s*(\d+)/.exec(info)![1]!, 8);
}
const NONBLOCK = 0o4000;
const CLOEXEC = 0o2000000;

describe('posix: descriptors', () => {
  const opened = givingBackDescriptors();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'escapement-posix-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  it('open reads a file, creates one, appends, truncates, and rejects an existing one if it is to be exclusive', () => {
    const path = join(folder, 'file');
    const bytes = new TextEncoder().encode('text');
    const { write: forWriting, create, append, truncate, exclusive } = OpenFlags;
    const writer = opened.add(open(path, forWriting | create, 0o600));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    write(writer, bytes);
    write(opened.add(open(path, forWriting | append)), bytes);
    const into = new Uint8Array(16);
    expect(read(opened.add(open(path)), into)).to.equal(8);
    expect(read(opened.add(open(path, OpenFlags.readWrite | truncate)), into)).to.equal(0);
    expect(failureOf(() => open(path, forWriting | create | exclusive))).to.include({
      code: 'EEXIST',
      syscall: 'open',
    });
  });

  it('open names the file that does not exist', () => {
    const error = failureOf(() => open('/no/such/file'));
    expect(error).to.include({ code: 'ENOENT', errno: -2 });
    expect(error.message).to.equal("ENOENT: no such file or directory, open '/no/such/file'");
  });

  it('open rejects a path with a NUL, instead of opening the part before it', () => {
    expect(failureOf(() => open('/etc/passwd\0.txt'))).to.include({ code: 'EINVAL', syscall: 'open' });
  });

  it('open accepts names that are not ASCII', () => {
    const path = join(folder, 'größer ✓');
    opened.add(open(path, OpenFlags.write | OpenFlags.create));
    expect(statSync(path).isFile()).to.equal(true);
  });

  it('open makes a descriptor that is non-blocking and closed on exec', () => {
    const { reader, writer } = opened.add(pipe());
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const fd of [reader, writer, opened.add(open('/dev/null')), opened.add(open(fifo))]) {
      expect(flagsOf(fd) & (NONBLOCK | CLOEXEC)).to.equal(NONBLOCK | CLOEXEC);
    }
  });

  it('open of a FIFO for writing without a reader fails instead of waiting', () => {
    const fifo = join(folder, 'lonely');
    execFileSync('mkfifo', [fifo]);
    expect(failureOf(() => open(fifo, OpenFlags.write))).to.include({ code: 'ENXIO' });
  });

  it('close closes, once', () => {
    const { reader, writer } = pipe();
    close(writer);
    close(reader);
    const error = failureOf(() => close(reader));
    expect(error).to.include({ code: 'EBADF', syscall: 'close' });
    expect(error.message).to.equal(`EBADF: bad file descriptor, close descriptor ${reader}`);
  });

  it('onClose calls its listener before each close, until it is removed', () => {
    const heard: [string, number, boolean][] = [];
    const isOpen = (fd: number) => failsWith(() => flagsOf(fd)) === undefined;
    const stopOne = onClose(fd => heard.push(['one', fd, isOpen(fd)]));
    const stopTwo = onClose(fd => {
      heard.push(['two', fd, isOpen(fd)]);
      stopTwo();
    });
    const { reader, writer } = pipe();
    const other = openSync('/dev/null', 'r');
    close(reader);
    closeSync(other);
    close(writer);
    stopOne();
    stopOne();
    close(pipeEnd());
    expect(heard).to.deep.equal([
      ['one', reader, true],
      ['two', reader, true],
      ['one', writer, true],
    ]);
  });

  it('setNonBlocking makes a descriptor non-blocking, also the second time', () => {
    const fd = openSync('/dev/null', 'r');
    expect(flagsOf(fd) & NONBLOCK).to.equal(0);
    setNonBlocking(fd);
    setNonBlocking(fd);
    expect(flagsOf(fd) & NONBLOCK).to.equal(NONBLOCK);
    closeSync(fd);
    expect(failureOf(() => setNonBlocking(NOT_OPEN))).to.include({ code: 'EBADF', syscall: 'fcntl' });
  });

  it('a terminal or a pipe of the process reads WOULD_BLOCK once it is non-blocking', () => {
    const program = `
      import { read, setNonBlocking } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
      setNonBlocking(0);
      console.log(read(0, new Uint8Array(1)));`;
    // A FIFO that is open for writing, with nothing in it.
    const fifo = join(folder, 'stdin');
    execFileSync('mkfifo', [fifo]);
    const stdin = openSync(fifo, 'r+');
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      stdio: [stdin, 'pipe', 'inherit'],
      encoding: 'utf8',
      timeout: 15_000,
    });
    closeSync(stdin);
    expect(output).to.equal(`${WOULD_BLOCK}\n`);
  });
});

function pipeEnd(): number {
  const { reader, writer } = pipe();
  close(reader);
  return writer;
}

function failsWith(call: () => unknown): unknown {
  try {
    call();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('PosixError', () => {
  it('has the fields of an error of Node', () => {
    let own: NodeJS.ErrnoException | undefined;
    try {
      openSync('/no/such/file', 'r');
    } catch (error) {
      own = error as NodeJS.ErrnoException;
    }
    const ours = failureOf(() => open('/no/such/file'));
    expect(ours).to.include({ code: own?.code, errno: own?.errno, syscall: own?.syscall, message: own?.message });
    expect(ours).to.be.an.instanceOf(Error);
    expect(String(ours)).to.equal("PosixError: ENOENT: no such file or directory, open '/no/such/file'");
  });

  it('accepts the number positive, as in C, and negative, as in Node', () => {
    expect(new PosixError(111, 'connect')).to.include({ code: 'ECONNREFUSED', errno: -111 });
    expect(new PosixError(-111, 'connect', '127.0.0.1:1').message).to.equal(
      'ECONNREFUSED: connection refused, connect 127.0.0.1:1',
    );
  });

  it('names the number if it is unknown', () => {
    expect(new PosixError(4000, 'call')).to.include({ code: 'errno 4000', message: 'errno 4000: unknown error, call' });
  });
});
