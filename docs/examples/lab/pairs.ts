import { defineBaseline, defineScenario, type StrategySubject } from '@escapement/lab';
import { type Coroutine, type Duration, type Now, now, type Sleep, sleepModule, sleepUntil, spawn } from 'escapement';

/** Two sleepers that are due at the same instant: how late is the second? */
export const pairs = defineScenario({
  name: 'pairs',
  title: 'Two sleepers that are due at the same instant',
  samples: 'lateness',
  explanation: 'How late the second of two sleepers runs. Compare with the lateness of one.',
  parameter: {
    name: 'sleep',
    unit: 'ms',
    values: [1, 5],
    quick: [1],
    check: value => (value >= 1 && value <= 1000 ? undefined : 'expected 1 to 1000 ms'),
    leastMs: value => value,
  },
  measures: ['strategy'], // a strategy has `createLoop`
  hasSleepers: true, // so --why works
  prepare(subject, duration) {
    const loop = (subject as StrategySubject).createLoop(sleepModule);
    return async ({ budget, mostSamples, measured }) => {
      const count = Math.max(1, Math.min(mostSamples, Math.floor(budget / duration)));
      const samplesUs = new Float64Array(count);
      await measured(() => loop.run(pairsOf(duration, samplesUs))); // once, with nothing but the work inside
      return { samplesUs };
    };
  },
});

function* pairsOf(duration: Duration, samplesUs: Float64Array) {
  for (let n = 0; n < samplesUs.length; n++) {
    const due = (yield* now()) + duration;
    yield* spawn(sleepUntil(due));
    const second = yield* spawn(latenessOf(due));
    samplesUs[n] = (yield* second.join()) * 1000;
  }
}

function* latenessOf(due: Duration): Coroutine<Duration, Now | Sleep> {
  yield* sleepUntil(due);
  return (yield* now()) - due;
}

/** Another way to wait, measured by the scenarios of the lab beside the strategies. */
export const queueMicrotasks = defineBaseline('microtasks', 'spins', async until => {
  while (performance.now() < until) await undefined;
});
