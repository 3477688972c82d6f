import { Clock, describe } from '@escapement/core';
import { demand } from '../laws/errors.js';
import { activeResources, countHostTurns, cpuTime, hostTurn, median, realNow } from '../laws/host.js';
import { KitClock } from '../laws/kit-clock.js';
import { Sleeper } from './sleeper.js';
import { makeStrategy, type StrategyLaw } from './strategy-adapter.js';

const WAITS = ['spins', 'blocks', 'yields', 'jumps'];

const introducesItself: StrategyLaw = {
  number: 'S1',
  rule: 'has an alias, one of the four ways to wait, and a clock, the same each time',
  why: 'reports name it by its alias, and the loop chooses by `waits` what it may combine with it',
  check({ adapter }) {
    const first = makeStrategy(adapter, new KitClock());
    const second = makeStrategy(adapter, new KitClock());
    const { alias, waits, clock }: { alias: unknown; waits: unknown; clock: unknown } = first;
    demand(typeof alias === 'string' && alias !== '', () => `its alias is ${describe(alias)}, expected a text`);
    demand(second.alias === alias, () => `its alias changes: ${describe(alias)}, ${describe(second.alias)}`);
    demand(
      WAITS.includes(waits as string),
      () => `its waits is ${describe(waits)}, expected one of ${WAITS.join(', ')}`,
    );
    demand(second.waits === waits, 'its waits changes');
    demand(clock instanceof Clock, () => `its clock is ${describe(clock)}, expected a Clock`);
    demand(Number.isFinite(clock.now()), () => `its clock shows ${describe(clock.now())}, expected milliseconds`);
  },
};

const tellsHowItWaits: StrategyLaw = {
  number: 'S13',
  rule: 'waits in the way that it declares',
  why: 'the loop trusts `waits`: whether it polls, asks for wakeups, lets the host run, or looks for a deadlock',
  isStatistical: true,
  async check({ adapter, waits }) {
    const sleeper = new Sleeper(adapter);
    const turns = countHostTurns();
    let hostTurns = 0;
    const until = sleeper.now() + (waits === 'spins' || waits === 'yields' ? 60 : 20);
    const times: number[] = [];
    try {
      do {
        times.push(await sleeper.sleepOnce(until));
        const isPromise = sleeper.returned !== undefined;
        demand(
          waits === 'yields' || !isPromise,
          () => `sleep() returned ${describe(sleeper.returned)}, although it ${waits}`,
        );
        if (isPromise) {
          const then = Object(sleeper.returned).then as unknown;
          demand(
            typeof then === 'function',
            () => `sleep() returned ${describe(sleeper.returned)}, expected a promise or nothing`,
          );
        }
      } while (sleeper.now() < until && times.length < 1e6);
    } finally {
      hostTurns = turns.stop();
    }
    sleeper.end();
    const typical = median(times);
    if (waits === 'spins')
      demand(typical < 2, () => `sleep() typically took ${typical.toFixed(1)} ms, although it spins`);
    if (waits === 'jumps') demand(typical < 10, () => `sleep() took ${typical.toFixed(1)} ms, although it jumps`);
    if (waits === 'yields') demand(hostTurns > 0, "the host's own loop did not run during a sleep, although it yields");
  },
};

/** A busy machine gives a strategy that spins a part of a core only. */
const SHARE = 0.1;

const givesUpTheCpu: StrategyLaw = {
  number: 'S14',
  rule: `takes less than ${SHARE * 100} % of the CPU while it sleeps`,
  why: 'who chooses a strategy that blocks or yields wants the core for others',
  isStatistical: true,
  inapplicable({ adapter, waits }) {
    if (waits === 'spins' || waits === 'jumps') return `it ${waits}`;
    if (adapter.takesCore) return 'it takes a core on purpose';
    return cpuTime() === undefined ? 'this host does not tell the CPU time' : undefined;
  },
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    const shares: number[] = [];
    for (let n = 0; n < 3; n++) {
      const start = realNow();
      const used = cpuTime()!;
      await sleeper.sleepFully(sleeper.now() + 60);
      shares.push((cpuTime()! - used) / (realNow() - start));
    }
    sleeper.end();
    const typical = median(shares);
    demand(typical < SHARE, () => `took ${(100 * typical).toFixed(0)} % of the CPU while it slept`);
  },
};

const letsHostRun: StrategyLaw = {
  number: 'S15',
  rule: 'lets the host run also when the deadline has passed',
  why: 'if tasks are always ready, the loop calls it with such a deadline so that the host can run',
  inapplicable: ({ waits }) => (waits === 'yields' ? undefined : `it ${waits}`),
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    let hasRun = false;
    hostTurn().then(() => {
      hasRun = true;
    });
    const end = realNow() + 200;
    for (let n = 0; n < 10_000 && !hasRun && realNow() < end; n++) await sleeper.sleepOnce(sleeper.now() - 1);
    const hasHostRun = hasRun;
    sleeper.end();
    demand(hasHostRun, 'the host did not run once in many sleeps until an instant that had passed');
  },
};

const keepsAlive: StrategyLaw = {
  number: 'S16',
  rule: 'keeps the process alive while it sleeps',
  why: 'a program that waits for a timer would end in the middle, without an error',
  inapplicable({ waits }) {
    if (waits !== 'yields') return `it ${waits}: the process cannot end meanwhile`;
    return activeResources() === undefined ? 'this host does not tell what keeps the process alive' : undefined;
  },
  async check({ adapter }) {
    const sleeper = new Sleeper(adapter);
    const before = activeResources()!.length;
    const sleeping = sleeper.strategy.sleep(sleeper.now() + 500, sleeper.wakeup);
    const during = activeResources()!.length;
    sleeper.wakeup.request();
    await sleeping;
    sleeper.end();
    demand(during > before, 'nothing keeps the process alive during a sleep');
  },
};

export const introduction: readonly StrategyLaw[] = [introducesItself];
export const waitsLaws: readonly StrategyLaw[] = [tellsHowItWaits, givesUpTheCpu, letsHostRun, keepsAlive];
