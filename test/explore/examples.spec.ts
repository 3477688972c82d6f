import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CriticalStep, type ExploreOptions, explore, type Failure } from '@escapement/explore';
import { expect } from 'chai';
import { load, ROOT } from '../examples/example.js';

type Explored = typeof import('../../docs/examples/explore/lost-update.js').broken;

/** A bug of the examples, and the lines of the two steps whose order decides; undefined if a cancellation does. */
interface Bug {
  readonly file: string;
  readonly pair: readonly [first: string, second: string] | undefined;
}

const FOLDER = 'docs/examples/explore/';

const bugs: readonly Bug[] = [
  { file: 'lost-update', pair: ['yield* account.read()', 'yield* account.write(balance + amount)'] },
  { file: 'lock-order', pair: ['yield* pause(); // asks the bank', 'yield* pause(); // asks the bank'] },
  { file: 'check-then-act', pair: ['yield* charge(guest, paid)', 'yield* charge(guest, paid)'] },
  { file: 'cache-stampede', pair: ['yield* this.load(key)', 'yield* this.load(key)'] },
  { file: 'dropped-item', pair: undefined },
  { file: 'bounded-buffer', pair: ['yield* this.roomy.wait()', 'yield* this.filled.wait()'] },
  { file: 'double-close', pair: ['yield* pause(); // opens', 'yield* pause(); // uses the connection'] },
  { file: 'stale-token', pair: ['yield* this.server.login()', 'yield* this.server.request('] },
];

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);

async function programsOf({ file }: Bug): Promise<{ broken: Explored; fixed: Explored }> {
  return load(`${FOLDER}${file}.ts`);
}

async function failureOf(bug: Bug, options: ExploreOptions): Promise<Failure | undefined> {
  return (await explore((await programsOf(bug)).broken, { name: bug.file, ...options })).failure;
}

/** The lines of the example on the stack of a step, the innermost first. */
function linesOf(bug: Bug, { stack }: CriticalStep): string[] {
  const path = fileURLToPath(new URL(`${FOLDER}${bug.file}.ts`, ROOT));
  const source = readFileSync(path, 'utf8').split('\n');
  return stack.flatMap(({ where }) => {
    const [, file, line] = /^(.*):(\d+):\d+$/.exec(where)!;
    const isMine = (file!.startsWith('file:') ? fileURLToPath(file!) : file) === path;
    return isMine ? [source[Number(line) - 1]!.trim()] : [];
  });
}

describe('the bugs of the examples', () => {
  it('are found by pct and random within 1,000 runs, for at least 19 of 20 seeds each', async () => {
    for (const bug of bugs) {
      for (const strategy of ['pct', 'random'] as const) {
        const found = [];
        for (const seed of SEEDS) {
          if ((await failureOf(bug, { strategy, seed, shrink: false })) !== undefined) found.push(seed);
        }
        expect(found.length, `${bug.file}, ${strategy}`).to.be.at.least(19);
      }
    }
  });

  it('pass in the order that the loop has by itself', async () => {
    for (const bug of bugs) expect(await failureOf(bug, { runs: 1 }), bug.file).to.equal(undefined);
  });

  it('are shrunk to the two lines whose order decides, within 1,000 runs, with a token of at most 200 characters', async () => {
    for (const bug of bugs) {
      for (const seed of SEEDS.slice(0, 5)) {
        const failure = await failureOf(bug, { seed, strategy: 'pct' });
        expect(failure, bug.file).to.not.equal(undefined);
        const { pair, decision, plays, token, shrunk } = failure!;
        expect(shrunk.deviations, bug.file).to.be.at.most(3);
        expect(plays, bug.file).to.be.at.most(1000);
        expect(token.length, bug.file).to.be.at.most(200);
        if (bug.pair === undefined) {
          expect(decision).to.include({ kind: 'cancel' });
          continue;
        }
        const lines = [pair!.first, pair!.second].map(step => linesOf(bug, step));
        for (const [index, line] of bug.pair.entries()) {
          expect(
            lines[index]!.some(each => each.includes(line)),
            `${bug.file}: ${lines[index]}`,
          ).to.equal(true);
        }
      }
    }
  });

  it('are gone in the fixed versions: 1,000 runs pass', async () => {
    for (const bug of bugs) {
      const { fixed } = await programsOf(bug);
      const { failure } = await explore(fixed, { name: bug.file, runs: 1000, seed: 7 });
      expect(String(failure), bug.file).to.equal('undefined');
    }
  });
});
