import type { SleepStrategy } from '@escapement/core';
import { KitClock } from '../laws/kit-clock.js';
import { checkRunner, defineSuite, type LawOptions, type Runner, seedOf } from '../laws/suite.js';
import { deadlineLaws, firstDeadlineLaws } from './deadline-laws.js';
import { lifeLaws } from './life-laws.js';
import { endSleepers } from './sleeper.js';
import {
  CALLER,
  checkStrategyAdapter,
  makeStrategy,
  type StrategyAdapter,
  type StrategyLaw,
  type StrategySubject,
} from './strategy-adapter.js';
import { introduction, waitsLaws } from './waits-laws.js';
import { wakeupLaws } from './wakeup-laws.js';

/**
 * Defines a test for each law of a `SleepStrategy`: clauses S1 to S19 of the contracts. What it declares in `waits` chooses
 * the laws, and is one of them.
 *
 * @throws InvalidAdapterError
 * @example
 * import { describe, it } from 'node:test';
 * strategyLaws({ describe, it }, { strategy: clock => new NapStrategy(clock) });
 */
export function strategyLaws<S extends SleepStrategy>(
  runner: Runner,
  adapter: StrategyAdapter<S>,
  options: LawOptions = {},
): void {
  checkRunner(CALLER, runner);
  const general = adapter as unknown as StrategyAdapter;
  checkStrategyAdapter(general);
  const { alias, waits, sleepsIn } = makeStrategy(general, new KitClock(1));
  const subject: StrategySubject = { adapter: general, waits, sleepsIn, seed: seedOf(CALLER, options) };
  const laws = [...introduction, ...firstDeadlineLaws, ...wakeupLaws, ...deadlineLaws, ...waitsLaws, ...lifeLaws];
  const tidied = laws.map((law): StrategyLaw => ({ ...law, check: subject => checkAndTidy(law, subject) }));
  defineSuite(runner, `the strategy '${alias}' keeps the laws of a strategy`, tidied, subject);
}

async function checkAndTidy(law: StrategyLaw, subject: StrategySubject): Promise<void> {
  try {
    await law.check(subject);
  } finally {
    endSleepers(subject.adapter);
  }
}
