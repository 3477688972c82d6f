import { createContext, runInContext } from 'node:vm';
import { TooManyBytesError } from '@escapement/streams';
import { expect } from 'chai';
import { type CoreEvent, type Coroutine, InvalidArgumentError } from 'escapement';
import { badBytes, badNumbers } from '../support/bad-values.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { MemoryStream, type Moved, MovedHandler } from './memory-stream.js';

function run(program: () => Coroutine<void, Moved | CoreEvent>): void {
  virtualLoop({ handlers: [new MovedHandler()] }).loop.runSync(program);
}

function* failure(body: Coroutine<unknown, Moved | CoreEvent>): Coroutine<unknown, Moved | CoreEvent> {
  try {
    yield* body as Coroutine<unknown, Moved>;
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Values that `String` can show. */
const COUNTS = Object.entries({ ...badNumbers(), '-1': -1 }).filter(
  ([what]) => !/proxy|prototype/.test(what) && what !== 'Infinity',
);

describe('streams: numbers and buffers at the door', () => {
  for (const method of ['readExactly', 'readLine'] as const) {
    it(`${method} takes only whole numbers, and no read is lost`, () => {
      run(function* () {
        const stream = new MemoryStream('line\n');
        for (const [what, count] of COUNTS) {
          // A line may be as long as one likes; `readExactly` has an error of its own.
          if (Number.isInteger(count) && Number(count) > 0) continue;
          const error = yield* failure(stream[method](count as number));
          expect(error, what).to.be.an.instanceOf(InvalidArgumentError).with.property('code', 'ESC_INVALID_COUNT');
          expect((error as Error).message, what).to.include(`of ${method} is`);
        }
        expect(yield* stream.readLine()).to.equal('line');
      });
    });
  }

  it('readExactly refuses more than a gibibyte at once, and no read is lost', () => {
    run(function* () {
      const stream = new MemoryStream('line\n');
      for (const count of [2 ** 30 + 1, 2 ** 32 + 7, 2 ** 53, 1e300]) {
        expect(yield* failure(stream.readExactly(count))).to.be.an.instanceOf(TooManyBytesError);
      }
      expect(yield* stream.readLine()).to.equal('line');
    });
  });

  it('readLine(NaN) does not read without a limit, readLine(Infinity) does', () => {
    run(function* () {
      const stream = new MemoryStream('x'.repeat(100_000), '\n');
      expect(yield* failure(stream.readLine(Number.NaN))).to.have.property('code', 'ESC_INVALID_COUNT');
      expect(yield* failure(stream.readLine())).to.have.property('code', 'ESC_LINE_TOO_LONG');
      expect(yield* stream.readLine(Infinity)).to.have.lengthOf(100_000);
    });
  });

  it('write takes bytes, lists of bytes and text, and sends nothing of anything else', () => {
    run(function* () {
      const stream = new MemoryStream();
      for (const [what, data] of Object.entries(badBytes())) {
        const isData = ['a text', 'a proxy of an array'].includes(what);
        for (const given of isData ? [[data]] : [data, [data], [new Uint8Array(1), data]]) {
          const error = yield* failure(stream.write(given as never));
          expect(error, what).to.be.an.instanceOf(InvalidArgumentError).with.property('code', 'ESC_NOT_BYTES');
          expect((error as Error).message, what).to.match(/^write got .*, expected a Uint8Array/);
        }
      }
      expect(stream.sent).to.deep.equal([]);
    });
  });

  it('write names the view that it got', () => {
    run(function* () {
      const error = (yield* failure(new MemoryStream().write(new Uint16Array(2) as never))) as Error;
      expect(error.message).to.match(/^write got a view of type Uint16Array, expected a Uint8Array/);
    });
  });

  it('write takes bytes of another realm, and none at all', () => {
    run(function* () {
      const stream = new MemoryStream();
      yield* stream.write(runInContext('new Uint8Array([104, 105])', createContext({})) as Uint8Array);
      yield* stream.write(new Uint8Array());
      yield* stream.write([]);
      expect(stream.sent).to.deep.equal(['hi']);
    });
  });

  it('write ends with an error if its bytes are transferred while it waits', () => {
    run(function* () {
      const stream = new MemoryStream();
      stream.room.push(1, 0);
      const bytes = Buffer.from(new Uint8Array([97, 98, 99]).buffer);
      const writing = stream.write(bytes);
      const steps = writing as unknown as Iterator<unknown>;
      steps.next();
      structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
      expect(() => steps.next()).to.throw(InvalidArgumentError, 'transferred');
    });
  });

  it('a subclass is told when send or receive return something else', () => {
    run(function* () {
      for (const wrong of [Number.NaN, -1, 0.5, 4, Infinity, undefined, null, '3', 3n]) {
        const stream = new MemoryStream();
        Object.assign(stream, { send: () => wrong });
        const error = yield* failure(stream.write('abc'));
        expect(error, String(wrong)).to.have.property('code', 'ESC_INVALID_STREAM');
      }
      for (const wrong of [null, 'text', 5, [], new Uint16Array(1)]) {
        const stream = new MemoryStream();
        Object.assign(stream, { receive: () => wrong });
        expect(yield* failure(stream.read()), String(wrong)).to.have.property('code', 'ESC_INVALID_STREAM');
        expect(yield* failure(stream.readLine()), String(wrong)).to.have.property('code', 'ESC_INVALID_STREAM');
      }
    });
  });
});
