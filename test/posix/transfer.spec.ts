import { spawnSync } from 'node:child_process';
import { pipe, read, readv, send, WOULD_BLOCK, write, writev } from '@escapement/posix';
import { expect } from 'chai';
import { collect, connectedPair, failureOf, givingBackDescriptors, NOT_OPEN, Opened } from '../support/descriptors.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('posix: read and write', () => {
  const opened = givingBackDescriptors();

  it('move bytes from one end of a pipe to the other', () => {
    const { reader, writer } = opened.add(pipe());
    expect(write(writer, bytesOf('hello'))).to.equal(5);
    const into = new Uint8Array(8);
    expect(read(reader, into)).to.equal(5);
    expect(textOf(into)).to.equal('hello\0\0\0');
  });

  it('read as many bytes as fit, and leave the rest', () => {
    const { reader, writer } = opened.add(pipe());
    write(writer, bytesOf('abcdef'));
    const into = new Uint8Array(4);
    expect(read(reader, into)).to.equal(4);
    expect(read(reader, into)).to.equal(2);
    expect(textOf(into)).to.equal('efcd');
  });

  it('keep to a part of a larger buffer', () => {
    const { reader, writer } = opened.add(pipe());
    write(writer, bytesOf('__hello__').subarray(2, 7));
    const into = new Uint8Array(9).fill(46);
    expect(read(reader, into.subarray(2, 7))).to.equal(5);
    expect(textOf(into)).to.equal('..hello..');
  });

  it('return WOULD_BLOCK when there are no bytes yet, and 0 at the end', () => {
    const { reader, writer } = pipe();
    opened.add(reader);
    const into = new Uint8Array(1);
    expect(read(reader, into)).to.equal(WOULD_BLOCK);
    expect(readv(reader, [into])).to.equal(WOULD_BLOCK);
    const only = new Opened();
    only.add(writer);
    only.closeAll();
    expect(read(reader, into)).to.equal(0);
    expect(readv(reader, [into])).to.equal(0);
  });

  for (const [name, call] of Object.entries({ write, writev: (fd: number, b: Uint8Array) => writev(fd, [b]) })) {
    it(`${name} writes as much as fits, then returns WOULD_BLOCK`, () => {
      const { reader, writer } = opened.add(pipe());
      const much = new Uint8Array(1024 * 1024);
      const taken = call(writer, much);
      expect(taken).to.be.within(1, much.length - 1);
      expect(call(writer, much)).to.equal(WOULD_BLOCK);
      expect(read(reader, much)).to.be.at.least(1);
      expect(call(writer, bytesOf('x'))).to.equal(1);
    });
  }

  it('send writes as much as fits, then returns WOULD_BLOCK', () => {
    const { client, server } = opened.add(connectedPair());
    const much = new Uint8Array(4 * 1024 * 1024);
    let sent = 0;
    for (let count = send(client, much); count !== WOULD_BLOCK; count = send(client, much)) sent += count;
    expect(sent).to.be.at.least(1);
    expect(read(server, much)).to.be.at.least(1);
  });

  it('accept empty buffers', () => {
    const { reader, writer } = opened.add(pipe());
    expect(write(writer, new Uint8Array(0))).to.equal(0);
    expect(writev(writer, [])).to.equal(0);
    expect(writev(writer, [new Uint8Array(0), bytesOf('ab')])).to.equal(2);
    const into = new Uint8Array(4);
    expect(readv(reader, [into.subarray(0, 0), into])).to.equal(2);
    expect(readv(reader, [])).to.equal(0);
  });

  it('scatter and gather, in order, parts of larger buffers too', () => {
    const { reader, writer } = opened.add(pipe());
    const from = bytesOf('one two three');
    expect(writev(writer, [from.subarray(8), from.subarray(3, 7), from.subarray(0, 3)])).to.equal(12);
    const into = new Uint8Array(14).fill(46);
    expect(readv(reader, [into.subarray(1, 4), into.subarray(5)])).to.equal(12);
    expect(textOf(into)).to.equal('.thr.ee twoone');
  });

  it('scatter and gather only the first 1,024 buffers', () => {
    const { reader, writer } = opened.add(pipe());
    const parts = Array.from({ length: 3000 }, (_, n) => Uint8Array.of(n % 251, n % 7));
    expect(writev(writer, parts)).to.equal(2048);
    expect(writev(writer, parts.slice(1024, 2048))).to.equal(2048);
    const into = Array.from({ length: 3000 }, () => new Uint8Array(3));
    expect(readv(reader, into)).to.equal(1024 * 3);
    expect(readv(reader, into.slice(1024))).to.equal(1024);
    const sent = parts.slice(0, 2048).flatMap(part => [...part]);
    const received = into.flatMap(part => [...part]).slice(0, 4096);
    expect(received).to.deep.equal(sent);
  });

  it('find the address of small buffers, even after many garbage collections', () => {
    const { reader, writer } = opened.add(pipe());
    for (let n = 0; n < 200; n++) {
      const into = Array.from({ length: 8 }, () => new Uint8Array(4));
      writev(
        writer,
        into.map((_, k) => Uint8Array.of(n, k, n ^ k, 0)),
      );
      if (n % 50 === 0) collect();
      expect(readv(reader, into)).to.equal(32);
      if (n % 50 === 25) collect();
      expect(into.map(part => [...part])).to.deep.equal(into.map((_, k) => [n, k, n ^ k, 0]));
    }
  });

  const calls: Readonly<Record<string, (fd: number) => unknown>> = {
    read: fd => read(fd, new Uint8Array(1)),
    write: fd => write(fd, new Uint8Array(1)),
    readv: fd => readv(fd, [new Uint8Array(1)]),
    writev: fd => writev(fd, [new Uint8Array(1)]),
    send: fd => send(fd, new Uint8Array(1)),
  };
  for (const [syscall, call] of Object.entries(calls)) {
    it(`${syscall} throws EBADF for a descriptor that is not open`, () => {
      const error = failureOf(() => call(NOT_OPEN));
      expect(error).to.include({ name: 'PosixError', code: 'EBADF', errno: -9, syscall });
      expect(error.message).to.equal(`EBADF: bad file descriptor, ${syscall} descriptor ${NOT_OPEN}`);
    });
  }

  it('throw EPIPE when the reading end is closed', () => {
    const { reader, writer } = pipe();
    opened.add(writer);
    const only = new Opened();
    only.add(reader);
    only.closeAll();
    expect(failureOf(() => write(writer, bytesOf('x')))).to.include({ code: 'EPIPE', errno: -32, syscall: 'write' });
    expect(failureOf(() => writev(writer, [bytesOf('x')]))).to.include({ code: 'EPIPE', syscall: 'writev' });
  });

  it('send throws EPIPE without a signal, also in a process that listens for SIGPIPE', () => {
    const program = `
      import { close, send, pipe, write, socket, bind, listen, localAddress, connect, accept } from ${JSON.stringify(import.meta.resolve('@escapement/posix'))};
      let signals = 0;
      process.on('SIGPIPE', () => signals++);
      const listener = socket('unix');
      bind(listener, { family: 'unix', path: '' });
      listen(listener);
      const client = socket('unix');
      connect(client, localAddress(listener));
      close(accept(listener));
      const codes = [];
      const attempt = call => { try { call(); } catch (error) { codes.push(error.code); } };
      const later = () => new Promise(resolve => setTimeout(resolve, 50));
      attempt(() => send(client, new Uint8Array(1)));
      await later();
      console.log(codes.join(), signals);
      const { reader, writer } = pipe();
      close(reader);
      attempt(() => write(writer, new Uint8Array(1)));
      await later();
      console.log(codes.join(), signals);
      process.exit();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 15_000,
    });
    expect(stdout + stderr).to.equal('EPIPE 0\nEPIPE,EPIPE 1\n');
  });

  it('throw the error of this very call, even if a garbage collection runs in between', () => {
    let garbage: unknown[] = [];
    const wrong: string[] = [];
    for (let n = 0; n < 5000; n++) {
      garbage.push({ n, text: `${n}` });
      if (garbage.length > 1000) garbage = [];
      const { code } = failureOf(() => read(NOT_OPEN, new Uint8Array(100)));
      if (code !== 'EBADF') wrong.push(code);
    }
    expect(wrong).to.deep.equal([]);
  });

  it('leave no garbage behind: a hundred thousand reads and writes', () => {
    const { reader, writer } = opened.add(pipe());
    const bytes = new Uint8Array(64);
    const transfer = (count: number) => {
      for (let n = 0; n < count; n++) {
        write(writer, bytes);
        read(reader, bytes);
        if (read(reader, bytes) !== WOULD_BLOCK) throw new Error('the pipe is empty');
      }
    };
    transfer(2000);
    collect();
    const used = process.memoryUsage().heapUsed;
    transfer(100_000);
    // Without a garbage collection: an object for each call would be in memory 300,000 times.
    expect(process.memoryUsage().heapUsed - used).to.be.below(4 * 1024 * 1024);
  });
});
