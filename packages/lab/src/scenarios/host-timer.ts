import {
  type Coroutine,
  type Duration,
  type EventLoop,
  type Now,
  now,
  type Sleep,
  sleepModule,
  sleepUntil,
} from 'escapement';
import { medianOf } from '../statistics/summary.js';
import { defineScenario, type Measurement } from './scenario.js';

/** The period of the host's timer, in milliseconds. */
const PERIOD: Duration = 5;
/** The fewest firings that make a median. */
const FEWEST = 10;

/** What the strategy leaves to the host: how late a timer of the host is beside a loop that ticks. */
export const hostTimer = defineScenario({
  name: 'host-timer',
  title: `A setInterval of ${PERIOD} ms beside a loop that ticks`,
  samples: 'lateness of the host timer',
  explanation:
    'For strategies that let the host run. Each round measures the timer alone and then beside the loop: "times alone" is the ratio of the medians.',
  parameter: {
    name: 'rate',
    unit: 'Hz',
    values: [100],
    quick: [100],
    check: rate => (rate >= 0.1 && rate <= 1000 ? undefined : 'expected a rate of the loop from 0.1 to 1000 Hz'),
  },
  roundMs: { whole: 1000, quick: 300 },
  measures: ['strategy'],
  refuses: ({ waits }) => (waits === 'yields' ? undefined : 'the host stands still while its loop runs'),
  prepare(subject, rate): Measurement {
    if (subject.kind !== 'strategy') throw new Error(`${subject.name} is no strategy.`);
    const loop = subject.createLoop(sleepModule);
    return async ({ budget, mostSamples, measured }) => {
      const firings = Math.min(mostSamples, Math.max(FEWEST, Math.round(budget / 2 / PERIOD)));
      const alone = await intervalLateness(firings);
      let beside: number[] = [];
      await measured(async () => {
        beside = await besideLoop(loop, 1000 / rate, firings);
      });
      const ratio = medianOf(beside) / Math.max(1, medianOf(alone));
      return { samplesUs: beside, figures: { 'alone us': medianOf(alone), 'times alone': ratio } };
    };
  },
});

async function besideLoop(loop: EventLoop<Sleep>, period: Duration, firings: number): Promise<number[]> {
  let isOver = false;
  const running = loop.run(ticksUntil(() => isOver, period));
  const lateness = await intervalLateness(firings);
  isOver = true;
  await running;
  return lateness;
}

function* ticksUntil(isOver: () => boolean, period: Duration): Coroutine<void, Now | Sleep> {
  const start = yield* now();
  for (let n = 1; !isOver(); n++) yield* sleepUntil(start + n * period);
}

/** In microseconds, for each firing: how long after the one before, beyond the period. */
function intervalLateness(firings: number): Promise<number[]> {
  return new Promise(resolve => {
    const lateness: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      const time = performance.now();
      lateness.push((time - last - PERIOD) * 1000);
      last = time;
      if (lateness.length < firings) return;
      clearInterval(timer);
      resolve(lateness);
    }, PERIOD);
  });
}
