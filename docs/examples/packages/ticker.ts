import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { busyWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';
import { workerProgram } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';

const loop = createLoop(busyWaitModule, sleepModule, portModule);

/** Spins in a thread of its own, so that each tick comes within microseconds. */
export const ticker = workerProgram(loop, function* ticker(count: number, interval: number) {
  for (let tick = 0; tick < count; tick++) yield* sleep(interval);
  return `${count} ticks`;
});
