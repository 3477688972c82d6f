import { pause, spawn } from '@escapement/core';
import { priorityModule } from '@escapement/policies/module';
import { busyWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

const says = (text: string) =>
  function* () {
    for (let n = 1; n <= 2; n++) {
      console.log(`${text} ${n}`);
      yield* pause();
    }
  };

createLoop(busyWaitModule, priorityModule({ ageing: 50 })).runSync(function* () {
  yield* spawn(says('report'), { priority: -1 });
  yield* spawn(says('reply'), { priority: 5 });
});
