import { now, spawn } from '@escapement/core';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { VirtualClock } from '@escapement/virtual-time';
import { virtualTime } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

const clock = new VirtualClock();
clock.advanceTo(1000); // begins where you like
const loop = createLoop(virtualTime({ clock }), sleepModule);

loop.runSync(function* () {
  yield* spawn(function* () {
    yield* sleep(20);
    console.log(`tea at ${yield* now()} ms`); // late, because of the step below
  });
  yield* sleep(10);
  clock.advanceTo(clock.now() + 30); // a step that takes 30 ms
});
console.log(`over at ${clock.now()} ms`);
