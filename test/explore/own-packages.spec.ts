import { explore, type Failure } from '@escapement/explore';
import { combinatorPrograms } from './own/combinators.js';
import { corePrograms } from './own/core.js';
import { EachBoundary } from './own/each-boundary.js';
import { type Extent, failureOf, type Programs, watchHandlers } from './own/exploring.js';
import { netPrograms } from './own/net.js';
import { promisePrograms } from './own/promises.js';
import { syncPrograms } from './own/sync.js';

/** `npm run test:explore` sets it, and tries other schedules each time. The everyday run tries few, and always the same. */
const { OWN_PACKAGES_RUNS, OWN_PACKAGES_SEED } = process.env;
const runs = Number(OWN_PACKAGES_RUNS ?? 10);
const seed = Number(OWN_PACKAGES_SEED ?? (OWN_PACKAGES_RUNS === undefined ? 1 : Math.floor(Math.random() * 2 ** 31)));

const packages: Readonly<Record<string, Programs>> = {
  core: corePrograms,
  sync: syncPrograms,
  combinators: combinatorPrograms,
  net: netPrograms,
};

function explored(title: string, failureIn: (extent: Extent) => Promise<Failure | undefined>): void {
  for (const strategy of ['random', 'pct', new EachBoundary()] as const) {
    const name = typeof strategy === 'string' ? strategy : strategy.alias;
    it(`${title} (${name})`, async function () {
      this.timeout(3_600_000);
      const failure = await failureIn({ runs, seed, strategy });
      if (failure !== undefined) throw new Error(String(failure), { cause: failure.error });
    });
  }
}

for (const [name, programs] of Object.entries(packages)) {
  describe(`${name}, explored with seed ${seed}`, () => {
    let stopWatching = () => {};
    before(() => {
      stopWatching = watchHandlers();
    });
    after(() => stopWatching());

    for (const [title, program] of Object.entries(programs)) {
      explored(title, extent => failureOf(title, program, extent));
    }
  });
}

describe(`promises, explored with seed ${seed}`, () => {
  for (const [title, program] of Object.entries(promisePrograms)) {
    // A run takes longer: the host gets its turns.
    explored(title, async extent => {
      const runs = Math.ceil(extent.runs / 5);
      return (await explore(program, { ...extent, runs, promises: true, name: title })).failure;
    });
  }
});
