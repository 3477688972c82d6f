import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipe, openReader, openWriter, UdpSocket, UnixListener, UnixStream } from '@escapement/net';
import { expect } from 'chai';
import { pause, sleep, spawn, type Task, timeout } from 'escapement';
import { codeOf, hasIpv6, readAll, runNet, textOf, underEach, warmUp } from './net-loop.js';

const folder = mkdtempSync(join(tmpdir(), 'escapement-net-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newPath = () => join(folder, `${made++}`);

describe('net: Unix sockets', () => {
  before(warmUp);

  underEach('13. connect by a path, which the listener makes and removes', function* () {
    const path = newPath();
    const listener = UnixListener.listen(path);
    expect(existsSync(path)).to.equal(true);
    const stream = yield* UnixStream.connect(path);
    const peer = yield* listener.accept();
    expect(stream.remote).to.deep.equal({ family: 'unix', path });
    expect(peer.local).to.deep.equal({ family: 'unix', path });
    expect(stream.local).to.deep.equal({ family: 'unix', path: '' });
    yield* stream.write('there and back\n');
    yield* peer.write(`${yield* peer.readLine()}!`);
    peer.end();
    expect((yield* readAll(stream)).toString()).to.equal('there and back!');
    for (const endpoint of [stream, peer, listener]) endpoint.close();
    expect(existsSync(path)).to.equal(false);
    expect(listener.describe()).to.equal(`Unix listener ${path}`);
  });

  underEach('13. throw for a path without a listener, for one that exists, and for one that is too long', function* () {
    const path = newPath();
    expect(yield* codeOf(UnixStream.connect(path))).to.equal('ENOENT');
    writeFileSync(path, '');
    expect(yield* codeOf(UnixStream.connect(path))).to.equal('ECONNREFUSED');
    expect(() => UnixListener.listen(path)).to.throw('EADDRINUSE');
    expect(() => UnixListener.listen('x'.repeat(200))).to.throw('longer than 107');
  });

  underEach('13. have names in the abstract namespace', function* () {
    const path = `\0escapement-${process.pid}-${made++}`;
    using listener = UnixListener.listen(path);
    using stream = yield* UnixStream.connect(path);
    using peer = yield* listener.accept();
    yield* peer.write('x');
    expect(textOf(yield* stream.read())).to.equal('x');
  });

  underEach('13. an empty path is any free name; the address of the listener has it', function* () {
    using listener = UnixListener.listen('');
    expect(listener.address.path).to.match(/^\0./);
    using stream = yield* UnixStream.connect(listener.address.path);
    using peer = yield* listener.accept();
    yield* stream.write('x');
    expect(textOf(yield* peer.read())).to.equal('x');
  });

  underEach('13. whose queue is full make a connect wait, and lose no connection', function* () {
    using listener = UnixListener.listen(newPath(), { backlog: 1 });
    const connecting: Task<UnixStream>[] = [];
    for (let n = 0; n < 12; n++) connecting.push(yield* spawn(UnixStream.connect(listener.address.path)));
    yield* sleep(10);
    expect(connecting.filter(task => !task.isEnded).length).to.be.above(5);
    const [cancelled] = connecting.splice(11, 1);
    cancelled!.cancel();
    const peers: UnixStream[] = [];
    for (let n = 0; n < connecting.length; n++) peers.push(yield* listener.accept());
    for (const peer of peers) yield* peer.write('x');
    for (const peer of peers) peer.close();
    for (const task of connecting) {
      using stream = yield* task.join();
      expect((yield* readAll(stream)).toString()).to.equal('x');
    }
  });

  underEach('7. a Unix peer that closes with unread bytes is ECONNRESET', function* () {
    using listener = UnixListener.listen(newPath());
    using stream = yield* UnixStream.connect(listener.address.path);
    const peer = yield* listener.accept();
    yield* stream.write('never read');
    yield* peer.write('but this is');
    peer.close();
    expect(yield* codeOf(stream.write('x'))).to.equal('EPIPE');
    expect(textOf(yield* stream.read())).to.equal('but this is');
    for (let n = 0; n < 2; n++) expect(yield* codeOf(stream.read())).to.equal('ECONNRESET');
  });
});

describe('net: UDP', () => {
  before(warmUp);

  function* exchange(host: string) {
    using here = UdpSocket.open({ host });
    using there = UdpSocket.open({ host });
    yield* here.send('first', there.address);
    yield* here.send(new Uint8Array(), there.address);
    yield* here.send(new Uint8Array(60_000).fill(7), there.address);
    const first = yield* there.receive();
    expect([textOf(first.bytes), first.from]).to.deep.equal(['first', here.address]);
    expect((yield* there.receive()).bytes.length).to.equal(0);
    expect((yield* there.receive()).bytes.filter(byte => byte === 7).length).to.equal(60_000);
    yield* there.send('answer', first.from);
    expect(textOf((yield* here.receive()).bytes)).to.equal('answer');
    expect(here.describe()).to.match(/^UDP socket .*:\d+$/);
  }

  underEach('12. a datagram arrives whole, with its sender', () => exchange('127.0.0.1'));

  it('12. the same by IPv6', async function () {
    if (!hasIpv6()) {
      console.log('      skipped: needs IPv6');
      this.skip();
    }
    await runNet('epoll', () => exchange('::1'));
  });

  underEach('12. several tasks may receive; each datagram goes to one', function* () {
    using here = UdpSocket.open();
    using there = UdpSocket.open();
    const got: number[] = [];
    const receiving: Task<void>[] = [];
    for (let n = 0; n < 3; n++) {
      receiving.push(
        yield* spawn(
          (function* () {
            for (;;) got.push((yield* there.receive()).bytes[0]!);
          })(),
        ),
      );
    }
    for (let n = 0; n < 50; n++) {
      yield* here.send(Uint8Array.of(n), there.address);
      yield* pause();
    }
    yield* timeout(
      2000,
      (function* () {
        while (got.length < 50) yield* sleep(1);
      })(),
    );
    for (const task of receiving) task.cancel();
    expect(got.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 50 }, (_, n) => n));
  });

  underEach('12. a datagram that is too large, one to a name and one to a wrong port are rejected', function* () {
    using here = UdpSocket.open();
    expect(yield* codeOf(here.send(new Uint8Array(70_000), here.address))).to.equal('EMSGSIZE');
    expect(yield* codeOf(here.send('x', { host: 'localhost', port: 1 }))).to.equal('ESC_INVALID_ADDRESS');
    expect(yield* codeOf(here.send('x', { host: '127.0.0.1', port: 65_536 }))).to.equal('ESC_INVALID_ADDRESS');
    expect(() => UdpSocket.open({ port: here.address.port })).to.throw('EADDRINUSE');
    using broadcaster = UdpSocket.open({ broadcast: true, host: '0.0.0.0' });
    expect(broadcaster.address.host).to.equal('0.0.0.0');
  });

  underEach('12. a sender that never waits lets other tasks run', function* () {
    using here = UdpSocket.open();
    let isDone = false;
    const sender = yield* spawn(
      (function* () {
        for (let n = 0; !isDone && n < 300_000; n++) yield* here.send('x', { host: '127.0.0.1', port: 9 });
      })(),
    );
    yield* sleep(5);
    expect(sender.isEnded).to.equal(false);
    isDone = true;
    yield* sender.join();
  });

  underEach('6. a socket that is closed while tasks receive ends their waits', function* () {
    const here = UdpSocket.open();
    const receiving = [yield* spawn(codeOf(here.receive())), yield* spawn(codeOf(here.receive()))];
    expect(yield* codeOf(timeout(2, here.receive()))).to.equal('ESC_TIMEOUT');
    here.close();
    for (const task of receiving) expect(yield* task.join()).to.equal('ESC_CLOSED');
    expect(yield* codeOf(here.receive())).to.equal('ESC_CLOSED');
    expect(yield* codeOf(here.send('x', here.address))).to.equal('ESC_CLOSED');
  });
});

describe('net: pipes and FIFOs', () => {
  before(warmUp);

  underEach('1. bytes that are written to a pipe are read at its other end', function* () {
    const { reader, writer } = openPipe();
    const sent = Buffer.alloc(500_000, 'pipe');
    const writing = yield* spawn(writer.write([sent.subarray(0, 100), sent.subarray(100)]));
    const got = yield* reader.readExactly(sent.length);
    expect(Buffer.compare(Buffer.from(got), sent)).to.equal(0);
    yield* writing.join();
    writer.close();
    expect(yield* reader.read()).to.equal(undefined);
    reader.close();
    expect(reader.describe()).to.equal('pipe');
  });

  underEach('7. a pipe whose reader is closed is EPIPE, also for a write that waits', function* () {
    const { reader, writer } = openPipe();
    const writing = yield* spawn(codeOf(writer.write(new Uint8Array(1_000_000))));
    yield* sleep(5);
    expect(writing.isEnded).to.equal(false);
    reader.close();
    expect(yield* writing.join()).to.equal('EPIPE');
    expect(yield* codeOf(writer.write('x'))).to.equal('EPIPE');
    writer.close();
  });

  underEach('4. a writer that never waits lets other tasks run', function* () {
    using hole = openWriter('/dev/null');
    const writing = yield* spawn(hole.write(new Uint8Array(50_000_000)));
    for (let turn = 0; turn < 100; turn++) yield* pause();
    expect(writing.isEnded).to.equal(false);
    yield* writing.join();
  });

  underEach('1. a FIFO waits for its first writer, and ends with the last one', function* () {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    expect(yield* codeOf(opening(path))).to.equal('ENXIO');
    using reader = openReader(path);
    const line = yield* spawn(reader.readLine());
    yield* sleep(5);
    expect(line.isEnded).to.equal(false);
    const writer = openWriter(path);
    yield* writer.write('through the FIFO\nrest');
    expect(yield* line.join()).to.equal('through the FIFO');
    writer.close();
    expect((yield* readAll(reader)).toString()).to.equal('rest');
    expect(reader.describe()).to.equal(path);
  });

  underEach('1. a FIFO ends, too, for who opened it after its last writer had written and closed', function* () {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    const first = openReader(path);
    const writer = openWriter(path);
    yield* writer.write('whole\nrest');
    writer.close();
    using second = openReader(path);
    first.close();
    expect(yield* second.readLine()).to.equal('whole');
    expect(yield* second.readLine()).to.equal('rest');
    expect(yield* second.readLine()).to.equal(undefined);
  });

  function* opening(path: string) {
    openWriter(path);
  }

  underEach('1. files on a disk are always ready', function* () {
    const path = newPath();
    const content = Buffer.alloc(300_000, 'file\n');
    writeFileSync(path, content);
    using reader = openReader(path);
    expect(yield* reader.readLine()).to.equal('file');
    expect((yield* readAll(reader)).length).to.equal(content.length - 5);
    using nothing = openReader('/dev/null');
    expect(yield* nothing.read()).to.equal(undefined);
    using hole = openWriter('/dev/null');
    yield* hole.write('gone');
    using folder = openReader('/');
    expect(yield* codeOf(folder.read())).to.equal('EISDIR');
    expect(() => openReader('/no/such/file')).to.throw('ENOENT');
  });
});
