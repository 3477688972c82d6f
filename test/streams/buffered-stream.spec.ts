import { BusyError, ClosedError, LineTooLongError, UnexpectedEndError } from '@escapement/streams';
import { expect } from 'chai';
import { type CoreEvent, type Coroutine, InvalidArgumentError, pause, type Sleep, spawn } from 'escapement';
import { virtualLoop } from '../support/virtual-loop.js';
import { MemoryStream, type Moved, MovedHandler } from './memory-stream.js';

type Step = () => Coroutine<void, Moved | CoreEvent | Sleep>;

/** @returns how often the program waited */
function run(program: Step): number {
  const handler = new MovedHandler();
  virtualLoop({ handlers: [handler] }).loop.runSync(program);
  return handler.waits;
}

describe('BufferedStream', () => {
  describe('reading', () => {
    it('returns the pieces as they come, and the end each time', () => {
      run(function* () {
        const stream = new MemoryStream('ab', 'c');
        const pieces = [];
        for (let n = 0; n < 4; n++) pieces.push(yield* stream.read());
        expect(pieces.map(piece => piece && Buffer.from(piece).toString())).to.deep.equal([
          'ab',
          'c',
          undefined,
          undefined,
        ]);
      });
    });

    it('waits before it receives, and again after a spurious wakeup', () => {
      const waits = run(function* () {
        const stream = new MemoryStream('', '', 'a');
        expect(yield* stream.read()).to.have.length(1);
      });
      expect(waits).to.equal(3);
    });

    it('copies: the subclass may overwrite its bytes, and the reader may, too', () => {
      run(function* () {
        for (const size of [1, 5, 2000, 3000, 10_000]) {
          const borrowed = Buffer.alloc(size, 'a');
          const stream = new MemoryStream();
          stream.incoming.push(borrowed, Buffer.alloc(size, 'b'));
          const [first, second] = [(yield* stream.read())!, (yield* stream.read())!];
          borrowed.fill('x');
          second.fill('y'.charCodeAt(0));
          expect(Buffer.from(first).toString(), `${size}`).to.equal('a'.repeat(size));
        }
      });
    });

    it('mixes lines, counts and plain reads', () => {
      run(function* () {
        const stream = new MemoryStream('one\r', '\ntwo\nthr', 'ee, four');
        expect(yield* stream.readLine()).to.equal('one');
        expect(Buffer.from(yield* stream.readExactly(4)).toString()).to.equal('two\n');
        expect(Buffer.from((yield* stream.read())!).toString()).to.equal('thr');
        expect(yield* stream.readLine()).to.equal('ee, four');
        expect(yield* stream.readLine()).to.equal(undefined);
      });
    });

    it('reads any text, whole or split within a character', () => {
      run(function* () {
        const text = '\ufeffZoë 🚲';
        const bytes = [...Buffer.from(`${text}\n`)].map(byte => Buffer.of(byte));
        const stream = new MemoryStream();
        stream.incoming.push(...bytes);
        expect(yield* stream.readLine()).to.equal(text);
      });
    });

    it('leaves the received bytes when a read fails', () => {
      run(function* () {
        const stream = new MemoryStream('0123456789', 'ab');
        expect(yield* failure(stream.readLine(9))).to.be.instanceOf(LineTooLongError);
        expect(yield* failure(stream.readExactly(13)))
          .to.be.instanceOf(UnexpectedEndError)
          .and.include({ available: 12 });
        expect(yield* stream.readLine()).to.equal('0123456789ab');
      });
    });
  });

  describe('writing', () => {
    it('goes on writing when there is room again', () => {
      const waits = run(function* () {
        const stream = new MemoryStream();
        stream.room.push(2, 0, 3);
        yield* stream.write('0123456');
        expect(stream.sent).to.deep.equal(['01', '', '234', '56']);
      });
      expect(waits).to.equal(3);
    });

    it('sends pieces in order, however many fit, and no empty ones', () => {
      run(function* () {
        const stream = new MemoryStream();
        stream.room.push(3, 1);
        yield* stream.write([Buffer.from('ab'), Buffer.of(), Buffer.from('cd'), Buffer.from('ef')]);
        expect(stream.sent).to.deep.equal(['abc', 'd', 'ef']);
        yield* stream.write('');
        yield* stream.write([]);
        expect(stream.sent).to.have.length(3);
      });
    });

    it('keeps the text of a write that pauses while other tasks write', () => {
      run(function* () {
        const streams = [new MemoryStream(), new MemoryStream()];
        const texts = (name: number) => Array.from({ length: 100 }, (_, n) => `${name}: ${n}`);
        const tasks = [];
        for (const [name, stream] of streams.entries()) {
          const writeAll = function* () {
            for (const text of texts(name)) yield* stream.write(text);
          };
          tasks.push(yield* spawn(writeAll()));
        }
        for (const task of tasks) yield* task.join();
        for (const [name, stream] of streams.entries()) expect(stream.sent).to.deep.equal(texts(name));
      });
    });

    it('of many pieces takes a time in proportion to their number', () => {
      // The copies are in proportion to what `send` gets.
      const offered = (count: number) => {
        const stream = new MemoryStream();
        let sum = 0;
        let sent = 0;
        const send = (pieces: readonly Uint8Array[]) => {
          sum += pieces.length;
          sent++;
          return 1;
        };
        Object.assign(stream, { send });
        run(() => stream.write(Array.from({ length: count }, () => new Uint8Array(1))));
        expect(sent).to.equal(count);
        return sum;
      };
      expect(offered(8192) / offered(2048)).to.be.below(5);
    });

    it('keeps the text of a waiting write when other tasks write', () => {
      run(function* () {
        const [slow, quick] = [new MemoryStream(), new MemoryStream()];
        slow.room.push(1, 0, 0, 0);
        const writing = yield* spawn(slow.write('slow one'));
        yield* pause();
        yield* quick.write('QUICK ONE');
        yield* writing.join();
        expect(slow.sent.join('')).to.equal('slow one');
      });
    });

    it('sends text that is longer than the scratch buffer', () => {
      run(function* () {
        const stream = new MemoryStream();
        const text = 'ö€'.repeat(20_000);
        stream.room.push(70_000);
        yield* stream.write(text);
        expect(stream.sent).to.have.length(2);
        expect(Buffer.concat(stream.sent.map(part => Buffer.from(part))).toString() === text).to.equal(true);
      });
    });

    it('rejects data of a wrong type, and names it', () => {
      run(function* () {
        const stream = new MemoryStream();
        for (const wrong of [null, 5, {}, ['text']]) {
          const error = yield* failure(stream.write(wrong as never));
          expect(error)
            .to.be.instanceOf(InvalidArgumentError)
            .with.property('message')
            .match(/^write got/);
        }
        expect(stream.sent).to.deep.equal([]);
      });
    });
  });

  it('lets other tasks run if no operation waits', () => {
    run(function* () {
      let turns = 0;
      const other = yield* spawn(
        (function* () {
          for (;;) {
            turns++;
            yield* pause();
          }
        })(),
        { daemon: true },
      );
      const stream = new MemoryStream('a\n'.repeat(1000));
      for (let n = 0; n < 1000; n++) yield* stream.readLine();
      const afterReading = turns;
      for (let n = 0; n < 1000; n++) yield* stream.write('a');
      expect(afterReading).to.be.above(5);
      expect(turns - afterReading).to.be.above(20);
      other.cancel();
    });
  });

  it('rejects a second reader and a second writer', () => {
    run(function* () {
      const stream = new MemoryStream('', '', '', 'a');
      stream.room.push(0, 0, 0);
      const first = [yield* spawn(stream.read()), yield* spawn(stream.write('b'))];
      yield* pause();
      expect(yield* failure(stream.readLine())).to.be.instanceOf(BusyError);
      expect(yield* failure(stream.write('c'))).to.be.instanceOf(BusyError);
      for (const task of first) yield* task.join();
      expect(stream.sent.join('')).to.equal('b');
    });
  });

  it('ends every wait when it is closed, and rejects later calls', () => {
    run(function* () {
      using stream = new MemoryStream(...Array(100).fill(''));
      const reader = yield* spawn(failure(stream.read()));
      yield* pause();
      stream.close();
      expect(yield* reader.join()).to.be.instanceOf(ClosedError);
      expect(yield* failure(stream.write('a'))).to.be.instanceOf(ClosedError);
      expect(stream.incoming).to.have.length.above(90);
    });
  });
});

function* failure(reading: Coroutine<unknown, Moved | CoreEvent>): Coroutine<unknown, Moved | CoreEvent> {
  try {
    yield* reading;
  } catch (error) {
    return error;
  }
  return 'nothing';
}
