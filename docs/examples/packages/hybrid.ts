import { epoll } from '@escapement/io';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { HybridStrategy } from '@escapement/strategies';
import { hybrid, wrapperModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

// At most 10 us late in 90 % of the sleeps; 5 % of the thread's time at most for that.
const exact = hybrid({ coarse: epoll({ slack: 1 }), objective: { lateness: 0.01, quantile: 0.9, cpu: 0.05 } });

// To see what it has learnt, keep the strategy.
let strategy: HybridStrategy | undefined;
const observed = wrapperModule(exact, inner => {
  if (inner instanceof HybridStrategy) strategy = inner;
  return inner;
});

createLoop(observed, sleepModule).runSync(function* () {
  for (let n = 0; n < 100; n++) yield* sleep(1);
});
console.log(strategy?.report().summary.join('\n'));
