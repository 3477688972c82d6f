import { TcpListener, TcpStream } from '@escapement/net';
import { ClosedError, LineTooLongError, UnexpectedEndError } from '@escapement/streams';
import { expect } from 'chai';
import { type Coroutine, pause, sleep, spawn, timeout } from 'escapement';
import {
  codeOf,
  type NetEvent,
  readAll,
  reset,
  textOf,
  underEach,
  warmUp,
  withPair,
  writeForEver,
} from './net-loop.js';

type AnyUse = Coroutine<unknown, NetEvent>;

describe('net: a stream', () => {
  before(warmUp);

  underEach('1. reads the bytes that are there, as soon as there are some', () =>
    withPair(function* (here, there) {
      yield* here.write('hello');
      expect(textOf(yield* there.read())).to.equal('hello');
      const reader = yield* spawn(there.read());
      yield* sleep(5);
      expect(reader.isEnded).to.equal(false);
      yield* here.write(Buffer.from(' world'));
      expect(textOf(yield* reader.join())).to.equal(' world');
    }),
  );

  underEach('1. mixes lines, exact counts and plain reads', () =>
    withPair(function* (here, there) {
      yield* here.write('first\r\nsecond\n12345rest\n\nend');
      here.end();
      expect(yield* there.readLine()).to.equal('first');
      expect(yield* there.readLine()).to.equal('second');
      expect(textOf(yield* there.readExactly(5))).to.equal('12345');
      expect(textOf(yield* there.readExactly(0))).to.equal('');
      expect(yield* there.readLine()).to.equal('rest');
      expect(yield* there.readLine()).to.equal('');
      expect(textOf(yield* there.read())).to.equal('end');
      for (let n = 0; n < 3; n++) expect(yield* there.read()).to.equal(undefined);
      expect(yield* there.readLine()).to.equal(undefined);
      expect(textOf(yield* there.readExactly(0))).to.equal('');
    }),
  );

  underEach('1. reads text that was split within a character', () =>
    withPair(function* (here, there) {
      for (const byte of Buffer.from('größer 🚀 ∑\n')) {
        yield* here.write(Uint8Array.of(byte));
        yield* pause();
      }
      expect(yield* there.readLine()).to.equal('größer 🚀 ∑');
    }),
  );

  underEach('1. the bytes of a read are not overwritten later', () =>
    withPair(function* (here, there) {
      yield* here.write('aaaa');
      const first = yield* there.read();
      yield* here.write('bbbb');
      const second = yield* there.readExactly(4);
      yield* here.write('cccc');
      yield* there.read();
      expect([textOf(first), textOf(second)]).to.deep.equal(['aaaa', 'bbbb']);
    }),
  );

  underEach('2. a line that is too long can still be read', () =>
    withPair(function* (here, there) {
      yield* here.write('0123456789\nnext\n');
      expect(yield* codeOf(there.readLine(9))).to.equal('ESC_LINE_TOO_LONG');
      expect(yield* codeOf(there.readLine(9))).to.equal('ESC_LINE_TOO_LONG');
      expect(yield* there.readLine(10)).to.equal('0123456789');
      expect(yield* there.readLine(4)).to.equal('next');
      yield* here.write('no end in sight');
      try {
        yield* there.readLine(3);
        expect.fail('nothing was thrown');
      } catch (error) {
        expect(error).to.be.instanceOf(LineTooLongError);
        expect((error as Error).message).to.match(
          /^TCP stream to [\d.:]+ sent a line of more than 3 bytes\. Allow more/,
        );
      }
      expect(textOf(yield* there.read())).to.equal('no end in sight');
    }),
  );

  underEach('2. a line that never ends takes no more memory than allowed', () =>
    withPair(function* (here, there) {
      const flood = yield* spawn(writeForEver(here));
      expect(yield* codeOf(there.readLine())).to.equal('ESC_LINE_TOO_LONG');
      const { length } = (yield* there.read())!;
      expect(length).to.be.within(65_536, 2 * 65_536);
      flood.cancel();
    }),
  );

  underEach('2. after an unexpected end the bytes that came can still be read', () =>
    withPair(function* (here, there) {
      yield* here.write('abc');
      here.end();
      try {
        yield* there.readExactly(10);
        expect.fail('nothing was thrown');
      } catch (error) {
        expect(error).to.be.instanceOf(UnexpectedEndError);
        expect(error).to.include({ available: 3 });
      }
      expect(yield* there.readLine()).to.equal('abc');
    }),
  );

  underEach('2. LF and CR LF do not count for the length of a line', () =>
    withPair(function* (here, there) {
      yield* here.write('0123456789\n0123456789\r\n0123456789\rx\n');
      expect(yield* there.readLine(10)).to.equal('0123456789');
      expect(yield* there.readLine(10)).to.equal('0123456789');
      expect(yield* codeOf(there.readLine(10))).to.equal('ESC_LINE_TOO_LONG');
      expect(yield* there.readLine(12)).to.equal('0123456789\rx');
      // In pieces, so that the CR may be the last byte that has arrived.
      yield* here.write('0123456789\r');
      const line = yield* spawn(there.readLine(10));
      yield* sleep(5);
      yield* here.write('\n');
      expect(yield* line.join()).to.equal('0123456789');
    }),
  );

  underEach('2. an invalid count is an error, and takes nothing', () =>
    withPair(function* (here, there) {
      yield* here.write('abc');
      for (const count of [-1, 1.5, Number.NaN]) {
        let thrown: unknown;
        try {
          yield* there.readExactly(count);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).to.have.property('code', 'ESC_INVALID_COUNT');
      }
      expect(textOf(yield* there.read())).to.equal('abc');
    }),
  );

  underEach('3. one task reads and one writes: a second one gets BusyError', () =>
    withPair(function* (here, there) {
      const reader = yield* spawn(there.read());
      const writer = yield* spawn(writeForEver(there));
      yield* sleep(5);
      const second: readonly AnyUse[] = [there.read(), there.readLine(), there.readExactly(1), there.write('x')];
      for (const use of second) expect(yield* codeOf(use)).to.equal('ESC_BUSY');
      yield* here.write('for the first');
      expect(textOf(yield* reader.join())).to.equal('for the first');
      writer.cancel();
    }),
  );

  underEach('3. after a cancellation another task may read', () =>
    withPair(function* (here, there) {
      const reader = yield* spawn(there.readLine());
      yield* here.write('half');
      yield* sleep(5);
      reader.cancel();
      expect(yield* codeOf(reader.join())).to.equal('ESC_TASK_CANCELLED');
      yield* here.write(' and half\n');
      expect(yield* there.readLine()).to.equal('half and half');
    }),
  );

  underEach('4. write returns when the system has taken all bytes, however many', () =>
    withPair(function* (here, there) {
      const sent = Buffer.alloc(16_000_001, 'escapement');
      const writer = yield* spawn(here.write(sent));
      yield* sleep(20);
      expect(writer.isEnded, 'the writer waits for the reader').to.equal(false);
      expect(Buffer.compare(Buffer.from(yield* there.readExactly(sent.length)), sent)).to.equal(0);
      yield* writer.join();
    }),
  );

  underEach('4. several pieces are written in one call, empty ones and thousands of them', () =>
    withPair(function* (here, there) {
      const pieces = Array.from({ length: 3000 }, (_, n) => Buffer.alloc(n % 500, `${n} `));
      const writer = yield* spawn(here.write(pieces));
      const expected = Buffer.concat(pieces);
      expect(Buffer.compare(Buffer.from(yield* there.readExactly(expected.length)), expected)).to.equal(0);
      yield* writer.join();
      yield* here.write([]);
      yield* here.write([new Uint8Array(), new Uint8Array()]);
      yield* here.write('');
      here.end();
      expect(yield* there.read()).to.equal(undefined);
    }),
  );

  underEach('4. pieces that do not fit are written when there is room', () =>
    withPair(function* (here, there) {
      const pieces = Array.from({ length: 40 }, (_, n) => Buffer.alloc(200_000, n));
      const writer = yield* spawn(here.write(pieces));
      yield* sleep(10);
      expect(writer.isEnded).to.equal(false);
      const got = yield* there.readExactly(8_000_000);
      expect(Buffer.compare(Buffer.from(got), Buffer.concat(pieces))).to.equal(0);
      yield* writer.join();
    }),
  );

  underEach('4. a writer with a fast peer lets other tasks run', () =>
    withPair(function* (here, there) {
      let isDone = false;
      const reader = yield* spawn(readAll(there));
      const writer = yield* spawn(
        (function* () {
          while (!isDone) yield* here.write('x');
          here.end();
        })(),
      );
      yield* sleep(10);
      isDone = true;
      yield* writer.join();
      yield* reader.join();
    }),
  );

  underEach('5. ending one half leaves the other, both ways', () =>
    withPair(function* (here, there) {
      here.end();
      expect(yield* there.read()).to.equal(undefined);
      yield* there.write('still here');
      expect(textOf(yield* here.read())).to.equal('still here');
      expect(yield* codeOf(here.write('x'))).to.equal('EPIPE');
      there.end();
      expect(yield* here.read()).to.equal(undefined);
      expect(yield* codeOf(there.write('x'))).to.equal('EPIPE');
      expect(() => here.end()).to.throw('ENOTCONN');
    }),
  );

  underEach('6. close ends every wait with ClosedError, and may be called any number of times', () =>
    withPair(function* (here, there) {
      const reader = yield* spawn(codeOf(here.read()));
      const writer = yield* spawn(codeOf(writeForEver(here)));
      yield* sleep(10);
      expect([reader.isEnded, writer.isEnded, here.isClosed]).to.deep.equal([false, false, false]);
      here.close();
      expect(here.isClosed).to.equal(true);
      here.close();
      expect(yield* reader.join()).to.equal('ESC_CLOSED');
      expect(yield* writer.join()).to.equal('ESC_CLOSED');
      there.close();
    }),
  );

  underEach('6. a closed stream throws ClosedError from every method', () =>
    withPair(function* (here, there) {
      yield* there.write('one\ntwo\n');
      expect(yield* here.readLine()).to.equal('one');
      here.close();
      const uses: readonly AnyUse[] = [
        here.read(),
        here.readLine(),
        here.readExactly(1),
        here.write('x'),
        here.write(''),
        here.write([]),
      ];
      for (const use of uses) expect(yield* codeOf(use)).to.equal('ESC_CLOSED');
      for (const use of [() => here.end(), () => here.setNoDelay(), () => here.setKeepAlive(), () => here.local]) {
        expect(use).to.throw(ClosedError, /which is closed/);
      }
    }),
  );

  underEach('6. a stream that is closed after its end throws ClosedError', () =>
    withPair(function* (here, there) {
      there.end();
      expect(yield* here.read()).to.equal(undefined);
      here.close();
      expect(yield* codeOf(here.read())).to.equal('ESC_CLOSED');
    }),
  );

  underEach('6. bytes that were written before the close arrive', () =>
    withPair(function* (here, there) {
      yield* here.write('last words');
      here.close();
      expect((yield* readAll(there)).toString()).to.equal('last words');
    }),
  );

  underEach('6. `using` closes it at the end of its block', () =>
    withPair(function* (here, there) {
      {
        using stream = here;
        yield* stream.write('x');
      }
      expect(here.isClosed).to.equal(true);
      expect((yield* readAll(there)).toString()).to.equal('x');
    }),
  );

  underEach('6. a number that is used again is not mistaken for the closed one', () =>
    withPair(function* (here, there) {
      const reader = yield* spawn(codeOf(here.read()));
      yield* pause();
      here.close();
      using listener = TcpListener.listen();
      using next = yield* TcpStream.connect({ port: listener.address.port });
      using peer = yield* listener.accept();
      yield* peer.write('for the next');
      expect(yield* reader.join()).to.equal('ESC_CLOSED');
      expect(textOf(yield* next.read())).to.equal('for the next');
      there.close();
    }),
  );

  underEach('7. a reset is reported to each read, and the bytes before it are not lost', () =>
    withPair(function* (here, there) {
      yield* here.write('half a mess');
      yield* reset(here, there);
      expect(textOf(yield* there.read())).to.equal('half a mess');
      for (let n = 0; n < 3; n++) expect(yield* codeOf(there.read())).to.equal('ECONNRESET');
      expect(yield* codeOf(there.readLine())).to.equal('ECONNRESET');
    }),
  );

  underEach('7. a reset that the writer gets is not a proper end for the reader', () =>
    withPair(function* (here, there) {
      yield* here.write('half a mess');
      yield* reset(here, there);
      yield* sleep(5);
      expect(yield* codeOf(there.write('x'))).to.equal('ECONNRESET');
      expect(yield* codeOf(there.write('x'))).to.equal('EPIPE');
      expect(yield* codeOf(there.readLine())).to.equal('ECONNRESET');
      expect(textOf(yield* there.readExactly(11))).to.equal('half a mess');
      expect(yield* codeOf(there.read())).to.equal('ECONNRESET');
    }),
  );

  underEach('7. a peer that closes properly is the end for the reader, and EPIPE for the writer', () =>
    withPair(function* (here, there) {
      yield* here.write('bye');
      here.close();
      yield* sleep(5);
      yield* there.write('into the void');
      yield* sleep(5);
      expect(yield* codeOf(there.write('x'))).to.equal('EPIPE');
      expect(textOf(yield* there.read())).to.equal('bye');
      expect(yield* there.read()).to.equal(undefined);
    }),
  );

  underEach('8. a cancelled or timed-out read leaves the bytes for the next', () =>
    withPair(function* (here, there) {
      expect(yield* codeOf(timeout(3, there.readExactly(4)))).to.equal('ESC_TIMEOUT');
      yield* here.write('ab');
      expect(yield* codeOf(timeout(3, there.readExactly(4)))).to.equal('ESC_TIMEOUT');
      yield* here.write('cd');
      expect(textOf(yield* there.readExactly(4))).to.equal('abcd');
    }),
  );

  underEach('8. reads that time out at any moment lose nothing', () =>
    withPair(function* (here, there) {
      const count = 300;
      yield* spawn(
        (function* () {
          for (let n = 0; n < count; n++) {
            yield* here.write(Uint8Array.of(n & 255, n >> 8));
            yield* sleep(Math.random());
          }
          here.end();
        })(),
      );
      const got: Uint8Array[] = [];
      for (let isOver = false; !isOver; ) {
        try {
          const bytes = yield* timeout(Math.random() * 0.6, there.read());
          if (bytes === undefined) isOver = true;
          else got.push(bytes);
        } catch (error) {
          if ((error as { code?: string }).code !== 'ESC_TIMEOUT') throw error;
        }
      }
      const expected = Buffer.from(Array.from({ length: count }, (_, n) => [n & 255, n >> 8]).flat());
      expect(Buffer.compare(Buffer.concat(got), expected)).to.equal(0);
    }),
  );

  underEach('8. a cancelled write may have written a part, in order', () =>
    withPair(function* (here, there) {
      const sent = Buffer.from(Uint32Array.from({ length: 2_000_000 }, (_, n) => n).buffer);
      const writer = yield* spawn(here.write(sent));
      yield* sleep(10);
      writer.cancel();
      expect(yield* codeOf(writer.join())).to.equal('ESC_TASK_CANCELLED');
      here.end();
      const got = yield* readAll(there);
      expect(got.length).to.be.within(1, sent.length - 1);
      expect(Buffer.compare(got, sent.subarray(0, got.length))).to.equal(0);
    }),
  );

  underEach('1. lets other tasks run while it reads lines that have come already', () =>
    withPair(function* (here, there) {
      yield* here.write('x\n'.repeat(2000));
      yield* there.readLine();
      let turns = 0;
      yield* spawn(
        (function* () {
          for (;;) {
            yield* pause();
            turns++;
          }
        })(),
        { daemon: true },
      );
      for (let n = 1; n < 1000; n++) yield* there.readLine();
      expect(turns).to.be.above(10);
    }),
  );
});
