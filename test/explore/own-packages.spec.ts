import { combinatorPrograms } from './own/combinators.js';
import { corePrograms } from './own/core.js';
import { netPrograms } from './own/net.js';
import { type Program, play } from './own/playing.js';
import { syncPrograms } from './own/sync.js';

const RUNS = Number(process.env.EXPLORE_RUNS ?? 100);

const packages: Readonly<Record<string, Readonly<Record<string, Program>>>> = {
  core: corePrograms,
  sync: syncPrograms,
  combinators: combinatorPrograms,
  net: netPrograms,
};

for (const [name, programs] of Object.entries(packages)) {
  describe(`exploration of ${name}`, () => {
    for (const [title, program] of Object.entries(programs)) {
      it(title, () => {
        for (let seed = 0; seed < RUNS; seed++) {
          try {
            play(program, seed);
          } catch (error) {
            throw new Error(`seed ${seed}`, { cause: error });
          }
        }
      });
    }
  });
}
