import { BusyError, type ByteStream, ClosedError, StreamResetError } from '@escapement/streams';
import {
  type LinkFault,
  type LinkOptions,
  type MemoryEvent,
  type MemoryStream,
  memoryPair,
  seeded,
} from '@escapement/streams/memory';
import { expect } from 'chai';
import {
  all,
  createLoop,
  DeadlockError,
  type LoopEvent,
  moveOnAfter,
  now,
  pause,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
} from 'escapement';
import fc from 'fast-check';
import { codeOf, readAll, textOf } from '../net/net-loop.js';
import { byteLaws } from '../support/byte-laws.js';
import { memoryLoop, type Played, withPair } from './memory-loop.js';

const RUNS = Number(process.env.MEMORY_RUNS ?? 100);

const links: Readonly<Record<string, LinkOptions>> = {
  plain: {},
  late: { latency: 5 },
  jittery: { latency: [0, 9] },
  slow: { bandwidth: 0.5 },
  fragmented: { fragmented: true, latency: [0, 2] },
  narrow: { capacity: 50, latency: 1 },
};

for (const [name, options] of Object.entries(links)) {
  describe(`bytes through a stream in memory that is ${name}, however they are split`, () => {
    byteLaws<MemoryEvent>('', 50, (write, read) => {
      const { loop } = memoryLoop();
      return loop.runSync(function* () {
        const [writer, reader] = memoryPair(options);
        const [, value] = yield* all([
          write(writer),
          (function* () {
            const value = yield* read(reader);
            // So that the writer does not wait for room.
            yield* readAll(reader);
            return value;
          })(),
        ]);
        return value;
      });
    });
  });
}

describe('a stream in memory', () => {
  it('is there in no time unless it has a latency', () => {
    const { time } = withPair(function* (here, there) {
      yield* here.write('hello');
      expect(textOf(yield* there.read())).to.equal('hello');
      yield* there.write('you');
      expect(textOf(yield* here.read())).to.equal('you');
    });
    expect(time).to.equal(0);
  });

  it('delivers after its latency, each way its own', () => {
    const echo = function* (here: MemoryStream, there: MemoryStream) {
      yield* spawn(function* () {
        yield* there.write((yield* there.read())!);
      });
      yield* here.write('ping');
      yield* here.read();
    };
    expect(withPair(echo, { latency: 5 }).time).to.equal(10);
    expect(withPair(echo, { latency: 5 }, { latency: 20 }).time).to.equal(25);
  });

  it('takes the time that its bandwidth demands', () => {
    const { time } = withPair(
      function* (here, there) {
        yield* spawn(here.write(new Uint8Array(1000)));
        yield* there.readExactly(1000);
      },
      { bandwidth: 10, latency: 3 },
    );
    expect(time).to.equal(103);
  });

  it('holds as many bytes as its capacity, and then lets the writer wait', () => {
    withPair(
      function* (here, there) {
        const writer = yield* spawn(here.write('0123456789'));
        yield* sleep(5);
        expect(writer.isEnded).to.equal(false);
        expect(textOf(yield* there.read())).to.equal('0123');
        yield* sleep(5);
        expect(textOf(yield* there.read())).to.equal('4567');
        expect(textOf(yield* there.read())).to.equal('89');
        yield* writer;
      },
      { capacity: 4 },
    );
  });

  it('never lets bytes overtake, whatever the latency', () => {
    const { value } = withPair(
      function* (here, there) {
        for (let n = 0; n < 50; n++) yield* here.write(`${n} `);
        here.end();
        return (yield* readAll(there)).toString();
      },
      { latency: [0, 100] },
    );
    expect(value).to.equal(Array.from({ length: 50 }, (_, n) => `${n} `).join(''));
  });

  it('does the same for the same seed, and something else for another', () => {
    const sizes = (seed: number) =>
      withPair(
        function* (here, there) {
          yield* here.write('x'.repeat(300));
          here.end();
          const pieces: number[] = [];
          for (let piece = yield* there.read(); piece !== undefined; piece = yield* there.read()) {
            pieces.push(piece.length, yield* now());
          }
          return pieces;
        },
        { fragmented: true, latency: [1, 9], random: seeded(seed) },
      ).value;
    expect(sizes(1)).to.deep.equal(sizes(1));
    expect(sizes(1)).not.to.deep.equal(sizes(2));
  });

  it('takes all that is random from one source', () => {
    let asked = 0;
    withPair(
      function* (here, there) {
        yield* here.write('0123456789');
        expect((yield* there.read())!.length).to.equal(6);
        expect(yield* now()).to.equal(20);
      },
      { fragmented: true, latency: [10, 30], random: () => [0.95, 0.5, 0.55][asked++]! },
    );
    expect(asked).to.equal(3);
  });

  it('ends one half, and leaves the other', () => {
    withPair(function* (here, there) {
      here.end();
      expect(yield* there.read()).to.equal(undefined);
      yield* there.write('still here');
      expect(textOf(yield* here.read())).to.equal('still here');
      expect(yield* codeOf(here.write('x'))).to.equal('ESC_CLOSED');
      there.end();
      for (let n = 0; n < 3; n++) expect(yield* here.read()).to.equal(undefined);
    });
  });

  it('delivers what was written before the close; the peer gets a reset when it writes', () => {
    withPair(
      function* (here, there) {
        yield* here.write('last words');
        here.close();
        here.close();
        expect((yield* readAll(there)).toString()).to.equal('last words');
        expect(yield* codeOf(there.write('x'))).to.equal('ESC_STREAM_RESET');
        expect(yield* there.read()).to.equal(undefined);
        expect(() => here.end()).to.throw(ClosedError);
      },
      { latency: 3 },
    );
  });

  it('ends every wait at its close, and every later use, with ClosedError', () => {
    withPair(
      function* (here, there) {
        const reader = yield* spawn(codeOf(here.read()));
        const writer = yield* spawn(codeOf(here.write('0123456789')));
        yield* sleep(1);
        expect([reader.isEnded, writer.isEnded]).to.deep.equal([false, false]);
        here.close();
        expect([yield* reader, yield* writer]).to.deep.equal(['ESC_CLOSED', 'ESC_CLOSED']);
        expect(yield* codeOf(here.readLine())).to.equal('ESC_CLOSED');
        expect(yield* codeOf(here.write(''))).to.equal('ESC_CLOSED');
        expect(there.isClosed).to.equal(false);
      },
      { capacity: 4, latency: 100 },
    );
  });

  it('has one reader and one writer at a time', () => {
    withPair(function* (here) {
      const reader = yield* spawn(here.read());
      yield* pause();
      expect(yield* thrownBy(here.readLine())).to.be.instanceOf(BusyError);
      reader.cancel();
    });
  });

  it('loses nothing when reads are cancelled, also in the turn in which bytes arrive', () => {
    for (const at of [1, 4, 5, 6]) {
      for (const isFirst of [true, false]) {
        withPair(
          function* (here, there) {
            yield* here.write('whole');
            const cancelling = function* () {
              yield* sleep(at);
              reader.cancel();
            };
            if (isFirst) yield* spawn(cancelling);
            const reader = yield* spawn(there.readExactly(5));
            if (!isFirst) yield* spawn(cancelling);
            yield* sleep(at + 5);
            const { result } = reader;
            const rest = result.state === 'succeeded' ? result.value : yield* there.readExactly(5);
            expect(textOf(rest)).to.equal('whole');
          },
          { latency: 5 },
        );
      }
    }
  });

  it('has taken a part, in order, when a write is cancelled', () => {
    withPair(
      function* (here, there) {
        expect(yield* moveOnAfter(5, here.write('0123456789'))).to.equal(undefined);
        here.end();
        expect((yield* readAll(there)).toString()).to.equal('0123');
      },
      { capacity: 4 },
    );
  });

  it('that waits for bytes that nobody writes is a deadlock under virtual time', () => {
    const { loop } = memoryLoop();
    expect(() => loop.runSync(memoryPair()[0].read())).to.throw(DeadlockError, 'waits for bytes from memory stream');
  });

  it('refuses wrong options by name', () => {
    const wrong: readonly LinkOptions[] = [
      { latency: -1 },
      { latency: [5, 1] },
      { latency: Infinity },
      { latency: Number.NaN },
      { bandwidth: 0 },
      { capacity: 0 },
      { capacity: 1.5 },
      { random: 5 as never },
      { faults: [{ after: 1, does: 'explode' } as never] },
      { faults: [{ after: 1, does: 'stall' } as never] },
      { faults: [{ after: -1, does: 'end' }] },
      5 as never,
      null as never,
    ];
    for (const options of wrong) {
      expect(() => memoryPair(options), JSON.stringify(options))
        .to.throw(Error, 'memoryPair')
        .with.property('code');
      expect(() => memoryPair({}, options)).to.throw(Error, 'memoryPair');
    }
  });

  it('does not compile on a loop without its handlers', () => {
    const loop = createLoop(setTimeoutModule, sleepModule);
    // @ts-expect-error no module of this loop handles MemoryReady
    expect(() => loop.runSync(() => memoryPair()[0].read())).to.throw();
  });
});

function* thrownBy<E extends LoopEvent>(body: Iterable<E>) {
  try {
    yield* body;
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('faults of a stream in memory', () => {
  function play(faults: readonly LinkFault[], latency = 0) {
    return withPair(
      function* (here, there) {
        const writer = yield* spawn(codeOf(here.write('0123456789')));
        const read: unknown[] = [];
        for (let n = 0; n < 4; n++) {
          const code = yield* codeOf(
            (function* () {
              const bytes = yield* there.read();
              if (bytes === undefined) throw Object.assign(new Error(), { code: 'end' });
              read.push(textOf(bytes));
            })(),
          );
          if (code === 'nothing') continue;
          read.push(code);
          break;
        }
        return { writer: yield* writer, read };
      },
      { faults, latency },
    );
  }

  it('reset it after so many bytes, which arrive', () => {
    expect(play([{ after: 4, does: 'reset' }], 3)).to.deep.equal({
      value: { writer: 'ESC_STREAM_RESET', read: ['0123', 'ESC_STREAM_RESET'] },
      time: 3,
    });
    expect(play([{ after: 0, does: 'reset' }]).value).to.deep.equal({
      writer: 'ESC_STREAM_RESET',
      read: ['ESC_STREAM_RESET'],
    });
  });

  it('end it after so many bytes', () => {
    expect(play([{ after: 4, does: 'end' }]).value).to.deep.equal({
      writer: 'ESC_STREAM_RESET',
      read: ['0123', 'end'],
    });
  });

  it('stall it for a time, several times', () => {
    const { value, time } = withPair(
      function* (here, there) {
        yield* spawn(here.write('0123456789'));
        const pieces: unknown[] = [];
        for (let n = 0; n < 3; n++) pieces.push(textOf(yield* there.read()), yield* now());
        return pieces;
      },
      {
        latency: 1,
        faults: [
          { after: 4, does: 'stall', lasts: 100 },
          { after: 8, does: 'stall', lasts: 50 },
        ],
      },
    );
    expect(value).to.deep.equal(['0123', 1, '4567', 101, '89', 151]);
    expect(time).to.equal(151);
  });

  it('fail both ends at a chosen moment: what has arrived can be read, what is on the way is lost', () => {
    withPair(
      function* (here, there) {
        yield* here.write('came');
        yield* sleep(5);
        yield* here.write('lost');
        const [reader, writer] = [yield* spawn(codeOf(here.read())), yield* spawn(codeOf(here.write('much more')))];
        yield* sleep(1);
        there.fail(Object.assign(new Error('cut'), { code: 'ETIMEDOUT' }));
        expect([yield* reader, yield* writer]).to.deep.equal(['ETIMEDOUT', 'ETIMEDOUT']);
        expect(textOf(yield* there.read())).to.equal('came');
        for (let n = 0; n < 2; n++) expect(yield* codeOf(there.read())).to.equal('ETIMEDOUT');
        expect(yield* codeOf(there.write('x'))).to.equal('ETIMEDOUT');
      },
      { latency: 5, capacity: 10 },
    );
  });

  it('come from host code, too, and wake the loop', async () => {
    const { memoryModule } = await import('@escapement/streams/module');
    const [here] = memoryPair();
    const run = createLoop(setTimeoutModule, sleepModule, memoryModule).run(moveOnAfter(10_000, codeOf(here.read())));
    await new Promise(resolve => setTimeout(resolve, 5));
    here.fail();
    expect(await run).to.equal('ESC_STREAM_RESET');
    expect(new StreamResetError('x')).to.have.property('code', 'ESC_STREAM_RESET');
  });
});

describe('any use of a stream in memory', () => {
  const latency = fc.oneof(
    fc.nat(5),
    fc.tuple(fc.nat(3), fc.nat(9)).map(([least, more]) => [least, least + more] as const),
  );
  const link = fc.record({
    latency,
    bandwidth: fc.constantFrom(Infinity, 10, 0.7),
    capacity: fc.constantFrom(1, 3, 20, 65_536),
    fragmented: fc.boolean(),
    faults: fc.array(fc.record({ after: fc.nat(60), does: fc.constant('stall' as const), lasts: fc.nat(9) }), {
      maxLength: 3,
    }),
    random: fc.integer().map(seeded),
  });
  const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 8 });
  const limits = fc.array(fc.nat(6), { minLength: 1, maxLength: 6 });

  /** Writes numbered bytes. */
  function* writing(stream: MemoryStream, pieces: readonly number[], gaps: readonly number[]) {
    let next = 0;
    for (const [index, size] of pieces.entries()) {
      yield* stream.write(Uint8Array.from({ length: size }, () => next++));
      yield* sleep(gaps[index % gaps.length]!);
    }
    stream.end();
  }

  /** Reads to the end, with limits that cancel reads at any moment. */
  function* reading(stream: ByteStream<Played>, times: readonly number[]) {
    const read: number[] = [];
    for (let n = 0; ; n++) {
      let hasEnded = false;
      // A limit of 0 each time would never let a byte come.
      const time = n > 200 ? Infinity : times[n % times.length]!;
      const bytes = yield* moveOnAfter(time, function* () {
        const some = yield* stream.read();
        hasEnded = some === undefined;
        return some;
      });
      if (bytes !== undefined) read.push(...bytes);
      if (hasEnded) return read;
    }
  }

  it('gives each byte once and in order, both ways, whatever the links, the pieces, and the reads that are cancelled', function () {
    this.timeout(60_000);
    fc.assert(
      fc.property(link, link, sizes, sizes, limits, limits, (there, back, out, home, gaps, times) => {
        there.faults.sort((a, b) => a.after - b.after);
        back.faults.sort((a, b) => a.after - b.after);
        const { value } = withPair(
          function* (here, far) {
            const [, , read, answered] = yield* all([
              writing(here, out, gaps),
              writing(far, home, times),
              reading(far, times),
              reading(here, gaps),
            ]);
            return [read, answered];
          },
          there,
          back,
        );
        const expected = [out, home].map(pieces =>
          Array.from({ length: pieces.reduce((sum, size) => sum + size, 0) }, (_, n) => n & 255),
        );
        expect(value).to.deep.equal(expected);
      }),
      { numRuns: RUNS },
    );
  });
});
