import { now, spawn } from '@escapement/core';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

const HOUR = 3_600_000;

function* nightWatch(seen: string[]) {
  for (let round = 1; round <= 3; round++) {
    yield* sleep(HOUR);
    seen.push(`round ${round} at ${(yield* now()) / HOUR} h`);
  }
}

const seen: string[] = [];
createLoop(virtualTimeModule, sleepModule).runSync(function* () {
  const watch = yield* spawn(nightWatch(seen));
  yield* sleep(2.5 * HOUR);
  watch.cancel('the night is short');
});
console.log(seen.join('\n')); // takes no time, and is the same each time
