import { atomicsWaitModule, busyWaitModule, createLoop, setTimeoutModule } from 'escapement';
import { asleep } from './asleep.js';
import { asyncSleepModule } from './async-sleep-handler.js';

const strategies = { 'busy-wait': busyWaitModule, 'atomics-wait': atomicsWaitModule, 'set-timeout': setTimeoutModule };

for (const [name, strategyModule] of Object.entries(strategies)) {
  const loop = createLoop(strategyModule, asyncSleepModule);
  const start = performance.now();
  await loop.run(asleep(50));
  const late = performance.now() - start - 50;
  console.log(`${name}: ${late.toFixed(3)} ms late`);
}
