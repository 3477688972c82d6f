import { type Runner, strategyLaws } from '@escapement/conformance';
import type { Clock, SleepStrategy } from '@escapement/core';
import {
  AtomicsWaitStrategy,
  HybridStrategy,
  MessageChannelStrategy,
  PhasedStrategy,
  PostTaskStrategy,
  PreciseTimeoutStrategy,
  SetTimeoutStrategy,
} from 'escapement';

const STRATEGIES = {
  'set-timeout': clock => new SetTimeoutStrategy(clock),
  'message-channel': clock => new MessageChannelStrategy(clock),
  'post-task': clock => new PostTaskStrategy(clock),
  'atomics-wait': clock => new AtomicsWaitStrategy(clock),
  hybrid: clock => new HybridStrategy(new AtomicsWaitStrategy(clock)),
  'precise-timeout': clock => new PreciseTimeoutStrategy(clock),
  phased: clock => new PhasedStrategy(new AtomicsWaitStrategy(clock)),
  'phased-set-timeout': clock => new PhasedStrategy(new SetTimeoutStrategy(clock)),
} satisfies Readonly<Record<string, (clock: Clock) => SleepStrategy>>;

export type Subject = keyof typeof STRATEGIES;

/** What became of each law, by its title. */
export interface LawResult {
  readonly title: string;
  readonly problem?: string;
  readonly isSkipped?: boolean;
}

/** Checks the laws of a strategy, one after the other. */
export async function main(subject: Subject): Promise<LawResult[]> {
  const tests: { readonly title: string; readonly test?: () => Promise<void> }[] = [];
  const skip = (title: string) => tests.push({ title });
  const runner: Runner = {
    describe: (_title, suite) => suite(),
    it: Object.assign((title: string, test: () => Promise<void>) => tests.push({ title, test }), { skip }),
  };
  const strategy: (clock: Clock) => SleepStrategy = STRATEGIES[subject];
  strategyLaws(runner, { strategy });
  const results: LawResult[] = [];
  for (const { title, test } of tests) results.push({ title, ...(await resultOf(test)) });
  return results;
}

async function resultOf(test: (() => Promise<void>) | undefined): Promise<Omit<LawResult, 'title'>> {
  if (test === undefined) return { isSkipped: true };
  try {
    await test();
    return {};
  } catch (error) {
    return { problem: String(error) };
  }
}
