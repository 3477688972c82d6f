import { expect } from 'chai';
import fc from 'fast-check';
import { programs } from './arbitrary.js';
import { Coverage } from './coverage.js';
import { NotComparableError } from './model.js';
import { ModelPlayer } from './model-player.js';
import { type Block, render } from './program.js';
import { RealPlayer } from './real.js';
import { REGRESSIONS } from './regressions.js';

/** `MODEL_RUNS=10000 MODEL_SEED=42 npx mocha ...` for a long run, and for the same one again. */
const RUNS = Number(process.env.MODEL_RUNS ?? 2000);
const SEED = process.env.MODEL_SEED;

function playBoth(program: Block): ModelPlayer {
  const expected = ModelPlayer.play(program);
  const seen = RealPlayer.play(program);
  if (seen.lines.join('\n') !== expected.trace.lines.join('\n')) {
    throw new Error(
      `loop and model differ on\n\n${render(program)}\n\n${differences(seen.lines, expected.trace.lines)}`,
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
  for (const [title, program] of Object.entries(REGRESSIONS)) {
    it(title, function () {
      if (!isComparable(() => playBoth(program))) this.skip();
    });
  }

  it(`in ${RUNS} programs`, function () {
    this.timeout(Math.max(20_000, RUNS * 20));
    const coverage = new Coverage();
    fc.assert(
      fc.property(programs, program => {
        if (!isComparable(() => coverage.add(playBoth(program)))) coverage.skip();
      }),
      { numRuns: RUNS, ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
    if (process.env.MODEL_RUNS !== undefined) console.log(String(coverage));
    // The rarest comes up once in a thousand programs.
    if (RUNS >= 10_000) expect(coverage.unseen).to.deep.equal([]);
  });
});
