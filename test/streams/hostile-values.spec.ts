import { expect } from 'chai';
import { type CoreEvent, type Coroutine, InvalidArgumentError } from 'escapement';
import { nonsense } from '../support/bad-values.js';
import { Bite, HOSTILE } from '../support/hostile-values.js';
import { virtualLoop } from '../support/virtual-loop.js';
import { MemoryStream, type Moved, MovedHandler } from './memory-stream.js';

const LONGEST = 2000;

function run(program: () => Coroutine<void, Moved | CoreEvent>): void {
  virtualLoop({ handlers: [new MovedHandler()] }).loop.runSync(program);
}

/** What the public methods do with each value: they take it, or throw an error of ours. */
const CALLS: Readonly<Record<string, (stream: MemoryStream, given: never) => Coroutine<unknown, Moved | CoreEvent>>> = {
  write: (stream, given) => stream.write(given),
  'write of a list': (stream, given) => stream.write([given]),
  readLine: (stream, given) => stream.readLine(given),
  readExactly: (stream, given) => stream.readExactly(given),
  'what receive returns': (stream, given) => Object.assign(stream, { receive: () => given }).read(),
  'what send returns': (stream, given) => Object.assign(stream, { send: () => given }).write('abc'),
};

describe('streams: hostile values', () => {
  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: each is taken, or refused by an error of ours that is short, and the stream goes on`, () => {
      const values = {
        ...nonsense(),
        ...Object.fromEntries(Object.entries(HOSTILE).map(([what, make]) => [what, make()])),
      };
      let refused = 0;
      for (const [what, given] of Object.entries(values)) {
        // Waits for ever: no bytes yet, no room.
        if (name === 'what send returns' && given === 0) continue;
        run(function* () {
          const stream = new MemoryStream('one\n', 'two\n', 'three\n');
          try {
            yield* call(stream, given as never) as Coroutine<unknown, Moved>;
          } catch (error) {
            refused++;
            if (!(error instanceof Bite || (error as Error).message === 'looked at')) {
              expect((error as { code?: string }).code, `${what}: ${error}`).to.match(/^ESC_/);
              expect((error as Error).message.length, what).to.be.below(LONGEST);
            }
          }
          if (!name.startsWith('what')) {
            yield* stream.write('next');
            expect(stream.sent.at(-1), what).to.equal('next');
            expect(yield* stream.read(), what).to.have.property('length');
          }
          expect(stream.isClosed, what).to.equal(false);
        });
      }
      expect(refused).to.be.at.least(20);
    });
  }

  it('a write that is refused leaves the stream free for the next', () => {
    run(function* () {
      for (const make of Object.values(HOSTILE)) {
        const stream = new MemoryStream();
        try {
          yield* stream.write([make()] as never);
        } catch (error) {
          if (!(error instanceof Bite)) expect(error).to.be.an.instanceOf(InvalidArgumentError);
          expect(stream.sent).to.deep.equal([]);
        }
        yield* stream.write('next');
        expect(stream.sent.at(-1)).to.equal('next');
      }
    });
  });
});
