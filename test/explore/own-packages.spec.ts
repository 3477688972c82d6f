import { combinatorPrograms } from './own/combinators.js';
import { corePrograms } from './own/core.js';
import { failureOf, type Programs, watchHandlers } from './own/exploring.js';
import { netPrograms } from './own/net.js';
import { syncPrograms } from './own/sync.js';

/** `npm run test:explore` sets it, and tries other schedules each time. The everyday run tries few, and always the same. */
const { EXPLORE_RUNS, EXPLORE_SEED } = process.env;
const runs = Number(EXPLORE_RUNS ?? 30);
const seed = Number(EXPLORE_SEED ?? (EXPLORE_RUNS === undefined ? 1 : Math.floor(Math.random() * 2 ** 31)));

const packages: Readonly<Record<string, Programs>> = {
  core: corePrograms,
  sync: syncPrograms,
  combinators: combinatorPrograms,
  net: netPrograms,
};

for (const [name, programs] of Object.entries(packages)) {
  describe(`${name}, explored with seed ${seed}`, () => {
    let stopWatching = () => {};
    before(() => {
      stopWatching = watchHandlers();
    });
    after(() => stopWatching());

    for (const [title, program] of Object.entries(programs)) {
      for (const strategy of ['random', 'pct'] as const) {
        it(`${title} (${strategy})`, async function () {
          this.timeout(600_000);
          const failure = await failureOf(title, program, { runs, seed, strategy });
          if (failure !== undefined) throw new Error(String(failure), { cause: failure.error });
        });
      }
    }
  });
}
