import { explore } from '@escapement/explore';
import { expect } from 'chai';
import { leavesNothingArmed, watchHandlers } from './own/exploring.js';
import { smallPrograms } from './own/small.js';

/** A cancellation is one of them. */
const preemptions = Number(process.env.OWN_PACKAGES_PREEMPTIONS ?? 2);
/** Sleeps end on time: lateness would multiply the schedules, and is tried at random. */
const settings = { strategy: 'exhaustive', preemptions, lateness: 0, runs: 10_000_000 } as const;

describe('our own packages, in all orders of small programs', function () {
  this.timeout(3_600_000);
  let stopWatching = () => {};
  before(() => {
    stopWatching = watchHandlers();
  });
  after(() => stopWatching());

  for (const [name, program] of Object.entries(smallPrograms)) {
    it(name, async () => {
      const { failure, summary } = await explore(leavesNothingArmed(program), { ...settings, name });
      if (failure !== undefined) throw new Error(String(failure), { cause: failure.error });
      expect(summary.notExhausted).to.equal(undefined);
    });
  }
});
