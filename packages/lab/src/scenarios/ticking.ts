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

/**
 * Sleeps again and again, by the subject's own means; each sample is how late a sleep ended. A closed loop ends with the
 * budget: sleeps that end a millisecond late are fewer.
 */
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
  return async (count, { budget, measured }) => {
    const samplesUs = new Float64Array(count);
    if (pace === 'open') {
      await measured(() => loop.run(openTicks(period, samplesUs)));
      return { samplesUs };
    }
    let done = 0;
    await measured(async () => {
      done = await loop.run(closedTicks(period, samplesUs, performance.now() + budget));
    });
    return { samplesUs: samplesUs.subarray(0, done) };
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

/** @returns how many ended before it was time to end; at least one */
function* closedTicks(period: Duration, samplesUs: Float64Array, end: Instant): Coroutine<number, Now | Sleep> {
  let done = 0;
  for (
    let start = performance.now();
    done === 0 || (done < samplesUs.length && start < end);
    start = performance.now()
  ) {
    yield* sleepUntil((yield* now()) + period);
    samplesUs[done++] = (performance.now() - (start + period)) * 1000;
  }
  return done;
}

function baselineTicker(subject: BaselineSubject, period: Duration, pace: Pace): Ticker {
  const { around = work => work() } = subject;
  return async (count, { budget, measured }) => {
    const samplesUs = new Float64Array(count);
    let done = 0;
    await around(() =>
      measured(async () => {
        done = await baselineTicks(subject, period, pace, samplesUs, performance.now() + budget);
      }),
    );
    return { samplesUs: samplesUs.subarray(0, done) };
  };
}

/** @returns how many there were */
async function baselineTicks(
  subject: BaselineSubject,
  period: Duration,
  pace: Pace,
  samplesUs: Float64Array,
  end: Instant,
): Promise<number> {
  let [due, n]: [Instant, number] = [performance.now(), 0];
  const next = () => {
    if (n === samplesUs.length) return undefined;
    if (pace === 'closed') {
      due = performance.now();
      if (n > 0 && due >= end) return undefined;
    }
    due += period;
    return due;
  };
  const woke = () => {
    samplesUs[n++] = (performance.now() - due) * 1000;
  };
  if (subject.ticks !== undefined) {
    await subject.ticks(next, woke);
    return n;
  }
  while (next() !== undefined) {
    const asleep = subject.sleepUntil(due);
    // A wait that blocks must not pay for a promise that it does not need.
    if (asleep !== undefined) await asleep;
    woke();
  }
  return n;
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
