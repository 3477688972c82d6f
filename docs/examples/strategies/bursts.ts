import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { spawn } from '@escapement/core';
import { AtomicsWaitStrategy, PerformanceClock, PhasedStrategy } from '@escapement/strategies';
import { strategyModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';
import { loopInWorker, PortClosedError, received } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
import type { sensor } from './sensor.js';

function* readings(port: MessagePort) {
  let count = 0;
  try {
    for (; ; count++) yield* received<number>(port);
  } catch (error) {
    if (!(error instanceof PortClosedError)) throw error;
    return count;
  }
}

const { port1, port2 } = new MessageChannel();
const strategy = new PhasedStrategy(new AtomicsWaitStrategy(new PerformanceClock()), { spin: 0.1 });
const loop = createLoop(
  strategyModule(() => strategy),
  portModule,
);
const count = loop.runSync(function* () {
  const reading = yield* spawn(readings(port1));
  const file = new URL('./sensor.js', import.meta.url);
  yield* loopInWorker<typeof sensor>(file, 'sensor', [port2], { transfer: [port2] });
  return yield* reading.join();
});
console.log(`${count} readings`);
console.log(strategy.report().summary[0]);
