import {
  type Coroutine,
  type Duration,
  type Now,
  now,
  type Pause,
  pause,
  type Sleep,
  sleepModule,
  sleepUntil,
  spawn,
} from 'escapement';
import { type Random, seededRandom } from '../statistics/random.js';
import type { PolicySubject, StrategySubject } from '../subjects/subject.js';
import { defineScenario, type Measurement } from './scenario.js';
import { missedIn, openTicks } from './ticking.js';

/** Of the sleeper, in milliseconds. */
const PERIOD: Duration = 1;
/** Each computes this long before it lets others run, ... */
const STEP: Duration = 0.2;
/** ... and so often before it sleeps. */
const STEPS = 5;
const COMPUTING = 4;

/** A sleeper beside tasks that compute. */
export const busy = defineScenario({
  name: 'busy',
  title: 'Ticks of 1 kHz beside tasks that compute (open loop)',
  samples: 'lateness',
  explanation:
    'Four tasks compute in steps of 0.2 ms and keep the loop busy for the given share of the time. The ticker has priority 1 and a deadline that has passed, so a policy that goes by these lets it run first. Strategies run under first come, first served; policies with atomics-wait.',
  parameter: {
    name: 'load',
    unit: '%',
    values: [50, 90],
    quick: [50],
    check: load => (load >= 1 && load <= 100 ? undefined : 'expected a load from 1 to 100 %'),
  },
  hasSleepers: true,
  measures: ['strategy', 'policy'],
  prepare: (subject, load) => busyLoop(subject as StrategySubject | PolicySubject, load / 100),
});

function busyLoop(subject: StrategySubject | PolicySubject, load: number): Measurement {
  const loop = subject.createLoop(sleepModule);
  return async ({ budget, mostSamples, seed, measured }) => {
    const count = Math.max(1, Math.min(mostSamples, Math.ceil(budget / PERIOD)));
    const samplesUs = new Float64Array(count);
    await measured(() => loop.run(program(samplesUs, load, seededRandom(seed))));
    return { samplesUs, missed: missedIn(samplesUs, PERIOD) };
  };
}

function* program(samplesUs: Float64Array, load: number, random: Random) {
  const computing = [];
  for (let n = 0; n < COMPUTING; n++) {
    computing.push(yield* spawn(compute(load, random()), { name: `computing ${n + 1}` }));
  }
  const ticker = yield* spawn(openTicks(PERIOD, samplesUs), { name: 'ticker', priority: 1, deadline: 0 });
  yield* ticker.join();
  for (const task of computing) task.cancel();
}

/** @param phase of its period that passes before its first burst, from 0 to 1 */
function* compute(load: number, phase: number): Coroutine<void, Now | Pause | Sleep> {
  const period = (COMPUTING * STEPS * STEP) / load;
  // After a stall of the machine it does not catch up: that would be a higher load.
  for (let due = (yield* now()) + phase * period; ; due = Math.max(due + period, yield* now())) {
    yield* sleepUntil(due);
    for (let n = 0; n < STEPS; n++) {
      const end = performance.now() + STEP;
      while (performance.now() < end);
      yield* pause();
    }
  }
}
