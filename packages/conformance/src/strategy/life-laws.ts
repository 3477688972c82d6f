import { Wakeup } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { holding, holdsUnseen, leftSince } from '../laws/holding.js';
import { hostTurn, median } from '../laws/host.js';
import { Sleeper } from './sleeper.js';
import { lateFor, type StrategyLaw, type StrategySubject } from './strategy-adapter.js';
import { checkLatencies, latenciesOf, needsThread } from './wakeup-laws.js';

const endsBySleepsIn: StrategyLaw = {
  number: 'S17',
  rule: 'ends its sleep when what it names in sleepsIn is ready',
  why: 'the handler that uses the same object starts no thread that would request the wakeup',
  isStatistical: true,
  inapplicable({ adapter, sleepsIn }) {
    if (sleepsIn === undefined) return 'it has no sleepsIn';
    return adapter.makeReady === undefined ? 'the adapter has no makeReady()' : undefined;
  },
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    const undo = adapter.makeReady!(sleeper.strategy);
    const times: number[] = [];
    for (let n = 0; n < 3; n++) times.push(await sleeper.sleepOnce(sleeper.now() + 400));
    undo();
    sleeper.end();
    demand(median(times) < 100, () => `slept for ${median(times).toFixed(0)} ms although it was ready`);
  },
};

const sleepsAgain: StrategyLaw = {
  number: 'S18',
  rule: 'sleeps again after close(), in the same loop and in another',
  why: 'a loop runs many programs, and closes its strategy after each',
  isStatistical: true,
  async check(subject) {
    const sleeper = new Sleeper(subject.adapter);
    for (let run = 0; run < 3; run++) {
      await sleepBothWays(sleeper, subject);
      sleeper.end();
      if (run === 1) sleeper.wakeup = new Wakeup();
      sleeper.wakeup.clear();
    }
  },
};

async function sleepBothWays(sleeper: Sleeper, subject: StrategySubject): Promise<void> {
  const { adapter, waits } = subject;
  const until = sleeper.now() + 3;
  await sleeper.sleepFully(until);
  const late = sleeper.now() - until;
  const most = waits === 'jumps' ? 0 : 100 + lateFor(adapter, waits);
  demand(late <= most, () => `a sleep of a later run ended ${late.toFixed(1)} ms late`);
  if (needsThread(subject) === undefined) checkLatencies(await latenciesOf(sleeper));
}

const releases: StrategyLaw = {
  number: 'S19',
  rule: 'holds nothing outside of the loop after close()',
  why: 'timers and threads keep the process alive, and descriptors run out',
  isStatistical: true,
  inapplicable: ({ adapter }) => holdsUnseen(adapter),
  async check(subject) {
    const { adapter } = subject;
    await hostTurn();
    const before = holding(adapter);
    const sleeper = new Sleeper(adapter);
    await sleepBothWays(sleeper, subject);
    sleeper.end();
    const left = await leftSince(before, adapter);
    demand(left === '', () => `after close() there is more than before: ${left}. End it in close(), or unref() it`);
  },
};

export const lifeLaws: readonly StrategyLaw[] = [endsBySleepsIn, sleepsAgain, releases];
