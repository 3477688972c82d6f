import { every, sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { busyWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

createLoop(busyWaitModule, sleepModule).runSync(function* () {
  yield* sleep(0.25); // a quarter of a millisecond, and never less

  const beat = every(20); // due at start + 20, 40, 60: it does not drift
  for (let n = 1; n <= 3; n++) {
    const { index, missed } = yield* beat;
    console.log(`tick ${index}, ${missed} missed`);
  }
});
