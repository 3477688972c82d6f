import { expect } from 'chai';
import fc from 'fast-check';
import { fifo, randomOrder } from '../support/chosen-order.js';
import { programs } from './arbitrary.js';
import { Coverage } from './coverage.js';
import { NotComparableError } from './model.js';
import { ModelPlayer } from './model-player.js';
import { type Block, render, withoutSwallowing } from './program.js';
import { RealPlayer } from './real.js';
import { REGRESSIONS } from './regressions.js';

/** `MODEL_RUNS=10000 MODEL_SEED=42 npx mocha ...` for a long run, and for the same one again. */
const RUNS = Number(process.env.MODEL_RUNS ?? 2000);
const SEED = process.env.MODEL_SEED;

/** Which ready task is next: the one that has waited longest, or a random one, the same for the same number. */
type Order = 'first come, first served' | number;

function playBoth(program: Block, order: Order): ModelPlayer {
  const choice = () => (typeof order === 'number' ? randomOrder(order) : fifo);
  const expected = ModelPlayer.play(program, choice());
  const seen = RealPlayer.play(program, choice());
  if (seen.lines.join('\n') !== expected.trace.lines.join('\n')) {
    throw new Error(
      `loop and model differ, in order ${order}, on\n\n${render(program)}\n\n${differences(seen.lines, expected.trace.lines)}`,
    );
  }
  return expected;
}

/** False where the model has to pass. */
function isComparable(play: () => void): boolean {
  try {
    play();
    return true;
  } catch (error) {
    if (error instanceof NotComparableError) return false;
    throw error;
  }
}

/** Both traces side by side, from where they part. */
function differences(loop: readonly string[], model: readonly string[]): string {
  const same = loop.findIndex((line, place) => line !== model[place]);
  const first = same < 0 ? loop.length : same;
  const both = loop.slice(0, first).map(line => `  ${line}`);
  const loops = loop.slice(first).map(line => `  loop:  ${line}`);
  const models = model.slice(first).map(line => `  model: ${line}`);
  return [...both, ...loops, ...models].join('\n');
}

describe('the loop does what the model says', () => {
  const orders: readonly Order[] = ['first come, first served', ...Array.from({ length: 20 }, (_, seed) => seed)];

  for (const [title, program] of Object.entries(REGRESSIONS)) {
    it(`${title}, in any order`, function () {
      const played = orders.filter(order => isComparable(() => playBoth(program, order)));
      if (played.length === 0) this.skip();
    });
  }

  const order: fc.Arbitrary<Order> = fc.oneof(fc.constant('first come, first served' as const), fc.nat());

  it(`in ${RUNS} programs, in the order of the loop and in random ones`, function () {
    this.timeout(Math.max(20_000, RUNS * 20));
    const coverage = new Coverage();
    fc.assert(
      fc.property(programs, order, (program, order) => {
        if (!isComparable(() => coverage.add(playBoth(program, order)))) coverage.skip();
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
    if (process.env.MODEL_RUNS !== undefined) console.log(String(coverage));
    // The rarest comes up once in a thousand programs.
    if (RUNS >= 10_000) expect(coverage.unseen).to.deep.equal([]);
  });
});

/** Of the errors that a program throws, those that nobody was told of: no `catch`, no listener, no warning, no outcome. */
function lostErrors(lines: readonly string[]): string[] {
  const thrown = new Set(lines.flatMap(line => line.match(/Error\([abc]\d+\)/g) ?? []));
  const told = lines.filter(line => / (caught|hears of|tries again after|loses, and) |^run /.test(line)).join();
  return [...thrown].filter(error => !told.includes(error));
}

describe(`the loop, in ${RUNS} programs`, () => {
  it('loses no error, in random orders', function () {
    this.timeout(Math.max(20_000, RUNS * 20));
    fc.assert(
      fc.property(programs.map(withoutSwallowing), fc.nat(), (program, seed) => {
        const { lines } = RealPlayer.play(program, randomOrder(seed));
        const lost = lostErrors(lines);
        if (lost.length > 0)
          throw new Error(`${lost} lost, in order ${seed}, by\n\n${render(program)}\n\n${lines.join('\n')}`);
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
  });
});
