import {
  type Coroutine,
  type Duration,
  type Instant,
  type Now,
  now,
  type Sleep,
  sleepModule,
  sleepUntil,
} from 'escapement';
import type { BaselineSubject, OutsideSamples, OutsideSubject, StrategySubject, Subject } from '../subjects/subject.js';
import type { Measurement, RoundContext, RoundSamples } from './scenario.js';

/** `open`: a schedule that is fixed beforehand. `closed`: each sleep starts when the one before has ended. */
export type Pace = 'open' | 'closed';

/** Sleeps again and again, by the subject's own means; each sample is how late a sleep ended. */
export function ticking(subject: Subject, period: Duration, pace: Pace): Measurement {
  const tick = tickerOf(subject, period, pace);
  return async context => {
    const count = Math.max(1, Math.min(context.mostSamples, Math.ceil(context.budget / period)));
    const samples = await tick(count, context);
    return pace === 'open' ? { ...samples, missed: missedIn(samples.samplesUs, period) } : samples;
  };
}

type Ticker = (count: number, context: RoundContext) => Promise<RoundSamples>;

function tickerOf(subject: Subject, period: Duration, pace: Pace): Ticker {
  switch (subject.kind) {
    case 'strategy':
      return loopTicker(subject, period, pace);
    case 'baseline':
      return baselineTicker(subject, period, pace);
    case 'outside':
      return outsideTicker(subject, period, pace);
    case 'policy':
      throw new Error(`${subject.name} cannot sleep.`);
  }
}

function loopTicker(subject: StrategySubject, period: Duration, pace: Pace): Ticker {
  const loop = subject.createLoop(sleepModule);
  return async (count, { measured }) => {
    const samplesUs = new Float64Array(count);
    await measured(() => loop.run(pace === 'open' ? openTicks(period, samplesUs) : closedTicks(period, samplesUs)));
    return { samplesUs };
  };
}

/** Each sample is how late a tick is. Lateness is measured on the host's clock, whatever clock a strategy has. */
export function* openTicks(period: Duration, samplesUs: Float64Array): Coroutine<void, Now | Sleep> {
  const [start, loopStart] = [performance.now(), yield* now()];
  for (let n = 0; n < samplesUs.length; n++) {
    yield* sleepUntil(loopStart + (n + 1) * period);
    samplesUs[n] = (performance.now() - (start + (n + 1) * period)) * 1000;
  }
}

function* closedTicks(period: Duration, samplesUs: Float64Array): Coroutine<void, Now | Sleep> {
  for (let n = 0; n < samplesUs.length; n++) {
    const start = performance.now();
    yield* sleepUntil((yield* now()) + period);
    samplesUs[n] = (performance.now() - (start + period)) * 1000;
  }
}

function baselineTicker(subject: BaselineSubject, period: Duration, pace: Pace): Ticker {
  const { around = work => work() } = subject;
  return async (count, { measured }) => {
    const samplesUs = new Float64Array(count);
    await around(() => measured(() => baselineTicks(subject, period, pace, samplesUs)));
    return { samplesUs };
  };
}

async function baselineTicks(
  subject: BaselineSubject,
  period: Duration,
  pace: Pace,
  samplesUs: Float64Array,
): Promise<void> {
  let [due, n]: [Instant, number] = [performance.now(), 0];
  const next = () => {
    if (n === samplesUs.length) return undefined;
    due = (pace === 'open' ? due : performance.now()) + period;
    return due;
  };
  const woke = () => {
    samplesUs[n++] = (performance.now() - due) * 1000;
  };
  if (subject.ticks !== undefined) return subject.ticks(next, woke);
  while (next() !== undefined) {
    const asleep = subject.sleepUntil(due);
    // A wait that blocks must not pay for a promise that it does not need.
    if (asleep !== undefined) await asleep;
    woke();
  }
}

function outsideTicker(subject: OutsideSubject, period: Duration, pace: Pace): Ticker {
  return async (count, { measured }) => {
    let found: OutsideSamples | undefined;
    await measured(async () => {
      found = await subject.tick(period, count, pace);
    });
    return found!;
  };
}

/** A tick is missed if it is over only when the next one is due. */
export function missedIn(samplesUs: ArrayLike<number>, period: Duration): number {
  return Array.from(samplesUs).filter(lateness => lateness >= period * 1000).length;
}
