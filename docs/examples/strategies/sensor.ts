import type { MessagePort } from 'node:worker_threads';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { busyWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';
import { closePort, Sender, workerProgram } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';

/** In a thread of its own: bursts of twenty readings, and a pause after each. */
export const sensor = workerProgram(
  createLoop(busyWaitModule, sleepModule, portModule),
  function* sensor(port: MessagePort) {
    const sender = new Sender<number>(port, { credit: 100 });
    for (let burst = 0; burst < 5; burst++) {
      for (let reading = 0; reading < 20; reading++) {
        yield* sender.send(reading);
        yield* sleep(0.05);
      }
      yield* sleep(20);
    }
    closePort(port);
  },
);
