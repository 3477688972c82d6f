import { now } from '@escapement/core';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { atomicsWaitModule, busyWaitModule, setTimeoutModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

function* lateness() {
  const late: number[] = [];
  for (let n = 0; n <= 100; n++) {
    const start = yield* now();
    yield* sleep(0.1);
    late.push((yield* now()) - start - 0.1);
  }
  return late.sort((a, b) => a - b)[50] as number;
}

for (const [name, strategy] of Object.entries({ busyWaitModule, atomicsWaitModule, setTimeoutModule })) {
  const late = await createLoop(strategy, sleepModule).run(lateness);
  console.log(`${name}: sleep(0.1) has a median lateness of ${(late * 1000).toFixed(1)} us`);
}
