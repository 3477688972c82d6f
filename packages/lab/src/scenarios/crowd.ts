import {
  type Coroutine,
  type Duration,
  type EventLoop,
  type Now,
  now,
  type Sleep,
  type Spawn,
  sleepModule,
  sleepUntil,
  spawn,
} from 'escapement';
import type { BaselineSubject, StrategySubject } from '../subjects/subject.js';
import { defineScenario, type Measurement } from './scenario.js';

/** Sleepers in each millisecond, at most: then a loop that wakes them has time to spare. */
const DENSITY = 100;
/** Sleepers whose creation is timed in advance. */
const TRIAL = 1000;

/** Very many sleepers at once. */
export const crowd = defineScenario({
  name: 'crowd',
  title: 'Very many sleepers in one loop, their deadlines spread over time',
  samples: 'lateness',
  explanation:
    'All sleepers are created before the first is due. Lateness counts from the deadline of each. Beside it: what it takes to create one.',
  parameter: {
    name: 'sleepers',
    unit: '',
    values: [10, 1000, 100_000],
    quick: [1000],
    warmUp: 1000,
    check: count =>
      Number.isInteger(count) && count >= 10 && count <= 1_000_000 ? undefined : 'expected 10 to 1000000 sleepers',
    // Creation takes 1 to 3 us a sleeper, and they are given twice the time.
    leastMs: count => count / DENSITY + count * 0.005,
  },
  hasSleepers: true,
  refuses: subject =>
    subject.kind === 'baseline' && subject.waits !== 'yields' ? 'it can only wait for one thing at a time' : undefined,
  measures: ['strategy', 'baseline'],
  prepare: (subject, count) =>
    subject.kind === 'baseline' ? promises(subject, count) : loopful(subject as StrategySubject, count),
});

/** What was found of a crowd, whoever created it. */
class Crowd {
  readonly samplesUs: Float64Array;
  creationUs = 0;
  #woken = 0;

  constructor(
    readonly count: number,
    private readonly spread: Duration,
  ) {
    this.samplesUs = new Float64Array(count);
  }

  offsetOf(index: number): Duration {
    return (this.spread * index) / this.count;
  }

  woke(lateMs: Duration): void {
    this.samplesUs[this.#woken++] = lateMs * 1000;
  }

  result() {
    return { samplesUs: this.samplesUs, figures: { 'us to create each': this.creationUs } };
  }
}

function crowdFor(count: number, budget: Duration, mostSamples: number): Crowd {
  const size = Math.min(count, mostSamples);
  return new Crowd(size, Math.max(size / DENSITY, budget / 2));
}

function loopful(subject: StrategySubject, count: number): Measurement {
  const loop: EventLoop<Sleep> = subject.createLoop(sleepModule);
  let lead: Duration | undefined;
  return async ({ budget, mostSamples, measured }) => {
    if (lead === undefined) {
      const trial = new Crowd(TRIAL, 0);
      await loop.run(sleepers(trial, 0));
      lead = trial.creationUs / 1000;
    }
    const crowd = crowdFor(count, budget, mostSamples);
    await measured(() => loop.run(sleepers(crowd, 5 + 2 * lead! * crowd.count)));
    return crowd.result();
  };
}

/** @param lead from the beginning to the first deadline */
function* sleepers(crowd: Crowd, lead: Duration): Coroutine<void, Now | Sleep | Spawn> {
  const [start, loopStart] = [performance.now() + lead, (yield* now()) + lead];
  const began = performance.now();
  for (let index = 0; index < crowd.count; index++)
    yield* spawn(sleeper(crowd, crowd.offsetOf(index), start, loopStart));
  crowd.creationUs = ((performance.now() - began) * 1000) / crowd.count;
}

/** Lateness is measured on the host's clock, whatever clock a strategy has. */
function* sleeper(crowd: Crowd, offset: Duration, start: Duration, loopStart: Duration): Coroutine<void, Sleep> {
  yield* sleepUntil(loopStart + offset);
  crowd.woke(performance.now() - (start + offset));
}

function promises(subject: BaselineSubject, count: number): Measurement {
  const { around = work => work() } = subject;
  return async ({ budget, mostSamples, measured }) => {
    const crowd = crowdFor(count, budget, mostSamples);
    await around(() => measured(() => promised(subject, crowd)));
    return crowd.result();
  };
}

async function promised(subject: BaselineSubject, crowd: Crowd): Promise<void> {
  const began = performance.now();
  const start = began + 5 + 0.005 * crowd.count;
  const all: Promise<void>[] = [];
  for (let index = 0; index < crowd.count; index++) {
    const due = start + crowd.offsetOf(index);
    all.push(Promise.resolve(subject.sleepUntil(due)).then(() => crowd.woke(performance.now() - due)));
  }
  crowd.creationUs = ((performance.now() - began) * 1000) / crowd.count;
  await Promise.all(all);
}
