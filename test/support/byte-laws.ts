import type { ByteStream } from '@escapement/streams';
import { expect } from 'chai';
import { type Coroutine, type LoopEvent, type Pause, pause } from 'escapement';
import fc from 'fast-check';

// Any bytes, written in any pieces, are read as if they had arrived in one piece.

/** Bytes that are rich in line ends. */
const byte = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(10, 13) },
  { weight: 5, arbitrary: fc.nat(255) },
  { weight: 3, arbitrary: fc.constantFrom(97, 98) },
);
const bytes = fc.array(byte, { maxLength: 60 }).map(array => Uint8Array.from(array));
const cuts = fc.array(fc.nat(60), { maxLength: 12 });

type Step = { readonly how: 'line' | 'some' } | { readonly how: 'exactly'; readonly count: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom<Step>({ how: 'line' }, { how: 'some' }),
  fc.nat(20).map(count => ({ how: 'exactly' as const, count })),
);

function pieces(whole: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map(place => Math.min(place, whole.length)), whole.length].sort((a, b) => a - b);
  return places.slice(1).map((end, n) => whole.subarray(places[n]!, end));
}

/** The lines of `text`, by the rules of `readLine`, in the simplest way. */
function linesOf(whole: Uint8Array): string[] {
  const lines = Buffer.from(whole).toString('latin1').split('\n');
  const last = lines.pop()!;
  const ended = lines.map(line => line.replace(/\r$/, ''));
  return (last === '' ? ended : [...ended, last]).map(line => Buffer.from(line, 'latin1').toString());
}

/** The reads of a program of steps, if all bytes have arrived in one piece. */
class Model {
  #rest: Buffer;

  constructor(whole: Uint8Array) {
    this.#rest = Buffer.from(whole);
  }

  exactly(count: number): string {
    return this.#rest.length < count ? `only ${this.#rest.length}` : this.take(count).toString('hex');
  }

  line(): string | undefined {
    const end = this.#rest.indexOf(10);
    if (end < 0) return this.#rest.length === 0 ? undefined : this.take(this.#rest.length).toString();
    const line = this.take(end + 1).subarray(0, -1);
    return (line.at(-1) === 13 ? line.subarray(0, -1) : line).toString();
  }

  take(count: number): Buffer {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  get length(): number {
    return this.#rest.length;
  }
}

function* writing<E extends LoopEvent>(
  stream: ByteStream<E>,
  written: readonly Uint8Array[],
): Coroutine<void, E | Pause> {
  for (const piece of written) {
    yield* stream.write(piece);
    yield* pause();
  }
  stream.close();
}

function* readingLines<E extends LoopEvent>(stream: ByteStream<E>): Coroutine<string[], E | Pause> {
  const lines: string[] = [];
  for (let line = yield* stream.readLine(); line !== undefined; line = yield* stream.readLine()) lines.push(line);
  return lines;
}

function* playing<E extends LoopEvent>(
  stream: ByteStream<E>,
  steps: readonly Step[],
  model: Model,
): Coroutine<void, E | Pause> {
  for (const step of steps) {
    if (step.how === 'line') expect(yield* stream.readLine()).to.equal(model.line());
    else if (step.how === 'exactly') expect(yield* exactly(stream, step.count)).to.equal(model.exactly(step.count));
    else yield* readingSome(stream, model);
  }
}

function* exactly<E extends LoopEvent>(stream: ByteStream<E>, count: number): Coroutine<string, E | Pause> {
  try {
    return Buffer.from(yield* stream.readExactly(count)).toString('hex');
  } catch (error) {
    return `only ${(error as { available: number }).available}`;
  }
}

/** The system decides how many bytes a plain read returns, but not which. */
function* readingSome<E extends LoopEvent>(stream: ByteStream<E>, model: Model): Coroutine<void, E | Pause> {
  const some = yield* stream.read();
  if (some === undefined) {
    expect(model.length).to.equal(0);
    return;
  }
  expect(some.length).to.be.above(0);
  expect(Buffer.from(some).toString('hex')).to.equal(model.take(some.length).toString('hex'));
}

/** Plays writes and reads on the two ends of a stream. @returns what `read` evaluates to */
export type RunPipe<E extends LoopEvent> = <T>(
  written: (writer: ByteStream<E>) => Coroutine<void, E | Pause>,
  read: (reader: ByteStream<E>) => Coroutine<T, E | Pause>,
) => T;

/** Tests of a kind of stream. @param clause what the titles begin with */
export function byteLaws<E extends LoopEvent>(clause: string, runs: number, run: RunPipe<E>): void {
  const runPipe = <T>(written: readonly Uint8Array[], read: (reader: ByteStream<E>) => Coroutine<T, E | Pause>): T =>
    run(writer => writing(writer, written), read);

  it(`${clause}give the same lines`, () => {
    fc.assert(
      fc.property(bytes, cuts, (whole, at) => {
        expect(runPipe(pieces(whole, at), readingLines)).to.deep.equal(linesOf(whole));
      }),
      { numRuns: runs },
    );
  }).timeout(60_000);

  it(`${clause}give the same, whatever mix of reads is used`, () => {
    fc.assert(
      fc.property(bytes, cuts, fc.array(step, { maxLength: 15 }), (whole, at, steps) => {
        runPipe(pieces(whole, at), reader => playing(reader, steps, new Model(whole)));
      }),
      { numRuns: runs },
    );
  }).timeout(60_000);

  it(`${clause}give the same when they come one by one, and when they are split at each place`, () => {
    const whole = Buffer.from('ab\r\n\r\n\n\rc\r\r\nd ü\n€');
    for (let at = 0; at <= whole.length; at++) {
      expect(runPipe(pieces(whole, [at]), readingLines), `cut at ${at}`).to.deep.equal(linesOf(whole));
    }
    expect(runPipe(pieces(whole, [...whole.keys()]), readingLines)).to.deep.equal(linesOf(whole));
  });

  it(`${clause}give the same in messages larger than one read`, () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `${n} ${'x'.repeat(n % 300)}`);
    expect(runPipe([Buffer.from(lines.join('\n'))], readingLines)).to.deep.equal(lines);
  });
}
