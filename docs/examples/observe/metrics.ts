import { quantile } from '@escapement/observe';
import { metricsModule } from '@escapement/observe/module';
import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

const loop = createLoop(setTimeoutModule, sleepModule, metricsModule);

/** Computes for too long between two waits. */
function* greedy() {
  yield* sleep(10);
  for (const until = performance.now() + 50; performance.now() < until; );
}

await loop.run(function* main() {
  yield* spawn(greedy());
  for (let n = 0; n < 10; n++) yield* sleep(10);
});

const { steps, tasks, stepDuration, overshoot } = loop.metrics();
console.log(`${steps} steps of ${tasks?.spawned} tasks`);
if (stepDuration !== undefined)
  console.log(`the longest took ${stepDuration.max} ms, half at most ${stepDuration.p50} ms`);
if (overshoot !== undefined) console.log(`a sleep in four was late by ${quantile(overshoot, 0.75)} ms or more`);
