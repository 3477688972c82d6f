import { readFileSync } from 'node:fs';
import { handlerLaws, LawBrokenError, policyLaws, type Runner, strategyLaws } from '@escapement/conformance';
import { FifoPolicy } from '@escapement/core';
import { assert } from 'chai';
import { clocks, instruments } from './broken/clocks-and-instruments.js';
import { mailboxAdapter, mailboxes } from './broken/mailboxes.js';
import { PriorityPolicy, policies } from './broken/policies.js';
import { selectors } from './broken/selectors.js';
import { SoundTimeout, strategies } from './broken/strategies.js';
import { ThreadHandler, threadAdapter, threads } from './broken/threads.js';
import { HostTimerHandler, TimerHandler, timerAdapter, timers } from './broken/timers.js';
import { type Broken, leftRunning } from './broken/zoo.js';
import { Recorder } from './recorder.js';

/** Strategies really wait, some seconds for a whole suite: all clauses of each are run only if this is set. */
const ALL_CLAUSES = process.env.CONFORMANCE_ZOO === 'all';

const zoo: Readonly<Record<string, readonly Broken[]>> = {
  mailboxes,
  timers,
  threads,
  strategies,
  policies,
  clocks,
  selectors,
  instruments,
};

for (const [kind, broken] of Object.entries(zoo)) {
  describe(`conformance: broken ${kind}`, function () {
    this.timeout(60_000);
    after(() => {
      for (const end of leftRunning.splice(0)) end();
    });

    for (const { mistake, breaks, says = /./, also = [], attempts = 1, laws } of broken) {
      it(`one that ${mistake} is caught by ${breaks}`, async () => {
        const suite = new Recorder(laws);
        const isWhole = ALL_CLAUSES || kind !== 'strategies';
        const expected = isWhole ? [breaks, ...also] : [breaks];
        const failed: string[] = [];
        for (const number of isWhole ? suite.numbers : expected) {
          let error = await suite.run(number);
          for (let n = 1; error === undefined && number === breaks && n < attempts; n++)
            error = await suite.run(number);
          if (error === undefined) continue;
          failed.push(number);
          assert.instanceOf(error, LawBrokenError);
          assert.match(error.message, new RegExp(`^${number} is broken: .*CONFORMANCE_SEED=1 `, 's'));
          if (number === breaks) assert.match(error.message, says);
        }
        assert.sameMembers(failed, expected);
      });
    }
  });
}

describe('conformance: the plugins that the broken ones are made of', () => {
  const sound: Readonly<Record<string, (runner: Runner) => void>> = {
    mailboxes: runner => handlerLaws(runner, mailboxAdapter()),
    timers: runner =>
      handlerLaws(
        runner,
        timerAdapter(clock => new TimerHandler(clock)),
      ),
    'timers of the host': runner =>
      handlerLaws(
        runner,
        timerAdapter(clock => new HostTimerHandler(clock), false),
      ),
    threads: runner =>
      handlerLaws(
        runner,
        threadAdapter(() => new ThreadHandler()),
      ),
    priorities: runner => policyLaws(runner, { policy: () => new PriorityPolicy(), ties: 'first-come' }),
    timeouts: runner => strategyLaws(runner, { strategy: clock => new SoundTimeout(clock) }),
    fifo: runner => policyLaws(runner, { policy: () => new FifoPolicy() }),
  };
  for (const [name, laws] of Object.entries(sound)) {
    it(`keep the laws: ${name}`, async () => {
      const suite = new Recorder(laws);
      for (const number of suite.numbers) {
        const error = await suite.run(number);
        assert.isUndefined(error, error?.message);
      }
    }).timeout(60_000);
  }
});

describe('conformance: the zoo', () => {
  const all = Object.values(zoo).flat();

  it('has each clause as docs/contracts.md has it, and the other way round', () => {
    const page = readFileSync(new URL('../../../docs/contracts.md', import.meta.url), 'utf8');
    const written = [...page.matchAll(/^- \*\*([HSRKDI]\d+)\*\* (.*) `[\w/-]+` ".*"$/gm)];
    const titles = all.flatMap(({ laws }) => {
      const { titles, skipped } = new Recorder(laws);
      return [...titles, ...skipped.map(title => title.replace(/ \[skipped: .*\]$/, ''))];
    });
    assert.sameMembers(
      [...new Set(titles)],
      written.map(([, number, text]) => `${number} ${text?.replace(/\.$/, '')}`),
    );
  });

  it('has forty plugins or more, and one for each clause', () => {
    assert.isAtLeast(all.length, 40);
    const clauses = new Set(all.map(({ breaks }) => breaks));
    const suites = all.flatMap(({ laws }) => new Recorder(laws).numbers);
    assert.deepEqual(
      [...new Set(suites)].filter(number => !clauses.has(number)),
      [],
    );
  });
});
