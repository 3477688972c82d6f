import { createHash, type Hash } from 'node:crypto';
import { type StreamEvent, TcpListener, TcpStream } from '@escapement/net';
import type { ByteStream } from '@escapement/streams';
import { expect } from 'chai';
import { all, type Coroutine, sleep, spawn, timeout } from 'escapement';
import { codeOf, type NetEvent, runNet, STRATEGIES, textOf, underEach, warmUp, withPair } from './net-loop.js';
import { kill, startPeer } from './peer.js';

describe('net: faults of the peer', () => {
  before(warmUp);

  for (const name of STRATEGIES) {
    it(`7. a peer process that is killed in mid-message is an end, or a reset, and nothing hangs [${name}]`, async () => {
      await runNet(name, function* () {
        using listener = TcpListener.listen();
        const peer = startPeer(
          listener.address.port,
          `const socket = net.connect(port); socket.on('data', () => {}); socket.write('half a mess');`,
        );
        using stream = yield* timeout(10_000, listener.accept());
        expect(textOf(yield* stream.readExactly(11))).to.equal('half a mess');
        const reading = yield* spawn(codeOf(stream.readExactly(5)));
        yield* sleep(5);
        kill(peer);
        expect(yield* timeout(5000, reading.join())).to.be.oneOf(['ESC_UNEXPECTED_END', 'ECONNRESET']);
      });
    }).timeout(25_000);

    it(`7. a peer process that is killed during a write is EPIPE or a reset, never a signal [${name}]`, async () => {
      await runNet(name, function* () {
        using listener = TcpListener.listen();
        const peer = startPeer(listener.address.port, `net.connect(port).pause(); setInterval(() => {}, 1000);`);
        using stream = yield* timeout(10_000, listener.accept());
        const writing = yield* spawn(codeOf(endless(stream)));
        yield* sleep(30);
        expect(writing.isEnded).to.equal(false);
        kill(peer);
        expect(yield* timeout(5000, writing.join())).to.be.oneOf(['EPIPE', 'ECONNRESET']);
        expect(yield* codeOf(stream.write('x'))).to.be.oneOf(['EPIPE', 'ECONNRESET']);
      });
    }).timeout(25_000);

    it(`7. a reset in mid-message loses nothing that came before it [${name}]`, async () => {
      await runNet(name, function* () {
        using listener = TcpListener.listen();
        const peer = startPeer(
          listener.address.port,
          `const socket = net.connect(port, () => socket.write('whole\\nhalf', () => setTimeout(() => socket.resetAndDestroy(), 100)));`,
        );
        using stream = yield* timeout(10_000, listener.accept());
        expect(yield* stream.readLine()).to.equal('whole');
        expect(yield* codeOf(stream.readLine())).to.equal('ECONNRESET');
        expect(textOf(yield* stream.read())).to.equal('half');
        expect(yield* codeOf(stream.read())).to.equal('ECONNRESET');
        kill(peer);
      });
    }).timeout(25_000);
  }

  function* endless(stream: ByteStream<StreamEvent>): Coroutine<void, NetEvent> {
    for (;;) yield* stream.write(new Uint8Array(1 << 20));
  }

  underEach('1. a peer that sends one byte at a time, slowly, is read like any other', () =>
    withPair(function* (here, there) {
      const message = 'slow but sure\nand on\n';
      const sending = yield* spawn(
        (function* () {
          for (const letter of message) {
            yield* here.write(letter);
            yield* sleep(1);
          }
          here.end();
        })(),
      );
      expect(yield* there.readLine()).to.equal('slow but sure');
      expect(yield* there.readLine()).to.equal('and on');
      expect(yield* there.readLine()).to.equal(undefined);
      yield* sending.join();
    }),
  );

  underEach('4. a peer that reads one byte at a time, slowly, delays its writer and no other task', () =>
    withPair(function* (here, there) {
      const writing = yield* spawn(here.write(Buffer.alloc(12_000_000, 'x')));
      let others = 0;
      const other = yield* spawn(
        (function* () {
          for (;;) {
            yield* sleep(1);
            others++;
          }
        })(),
      );
      for (let n = 0; n < 20; n++) {
        yield* there.readExactly(1);
        yield* sleep(1);
      }
      expect(writing.isEnded).to.equal(false);
      expect(others).to.be.above(3);
      other.cancel();
      yield* there.readExactly(11_999_980);
      yield* writing.join();
    }),
  );

  underEach('5. a read works as long as a half-open peer sends', () =>
    withPair(function* (here, there) {
      here.end();
      expect(yield* there.read()).to.equal(undefined);
      for (let n = 0; n < 20; n++) {
        yield* there.write(`${n}\n`);
        if (n % 5 === 0) yield* sleep(1);
        expect(yield* here.readLine()).to.equal(`${n}`);
      }
      there.close();
      expect(yield* here.read()).to.equal(undefined);
    }),
  );

  underEach('5. both directions work at the same time', () =>
    withPair(function* (here, there) {
      const size = 5_000_000;
      const bytes = Buffer.alloc(size, 'both ways ');
      const [, , gotThere, gotHere] = yield* all([
        here.write(bytes),
        there.write(bytes),
        there.readExactly(size),
        here.readExactly(size),
      ]);
      expect([gotThere, gotHere].map(got => Buffer.compare(Buffer.from(got), bytes))).to.deep.equal([0, 0]);
    }),
  );
});

const MEBIBYTE = 1 << 20;
const SIZE = Number(process.env.NET_TRANSFER_MIB ?? 64) * MEBIBYTE;
const CHUNK = 300_007;

function* sending(stream: TcpStream, hash: Hash, random: () => number): Coroutine<void, NetEvent> {
  const chunk = Buffer.alloc(CHUNK);
  for (let left = SIZE; left > 0; left -= CHUNK) {
    for (let at = 0; at < CHUNK; at += 1000) chunk[at] = random();
    const part = chunk.subarray(0, Math.min(CHUNK, left));
    hash.update(part);
    yield* stream.write(part);
  }
  stream.end();
}

function* receiving(stream: TcpStream, hash: Hash): Coroutine<number, NetEvent> {
  let total = 0;
  for (let bytes = yield* stream.read(); bytes !== undefined; bytes = yield* stream.read()) {
    total += bytes.length;
    hash.update(bytes);
  }
  return total;
}

describe(`net: ${SIZE / MEBIBYTE} MiB each way`, () => {
  before(warmUp);
  const longest = 20_000 + (SIZE / MEBIBYTE) * 400;

  for (const name of STRATEGIES) {
    it(`4. arrive as they were sent [${name}]`, async () => {
      await runNet(
        name,
        () =>
          withPair(function* (here, there) {
            const hashes = Array.from({ length: 4 }, () => createHash('md5'));
            const random = () => Math.random() * 256;
            const [, , down, up] = yield* all([
              sending(here, hashes[0]!, random),
              sending(there, hashes[1]!, random),
              receiving(there, hashes[2]!),
              receiving(here, hashes[3]!),
            ]);
            expect([down, up]).to.deep.equal([SIZE, SIZE]);
            const [sentDown, sentUp, gotDown, gotUp] = hashes.map(hash => hash.digest('hex'));
            expect([gotDown, gotUp]).to.deep.equal([sentDown, sentUp]);
          }),
        longest,
      );
    }).timeout(longest + 10_000);
  }
});
