import { MessageChannel } from 'node:worker_threads';
import { spawn } from '@escapement/core';
import { atomicsWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';
import { closePort, loopInWorker, PortClosedError, received, Sender } from '@escapement/workers';
import { portModule } from '@escapement/workers/module';
import type { ticker } from './ticker.js';

const { port1, port2 } = new MessageChannel();

function* consumer() {
  try {
    for (;;) console.log(yield* received<string>(port1));
  } catch (error) {
    if (!(error instanceof PortClosedError)) throw error;
    console.log('no more');
  }
}

function* main() {
  console.log(yield* loopInWorker<typeof ticker>(new URL('./ticker.js', import.meta.url), 'ticker', [20, 0.1]));

  yield* spawn(consumer());
  const sender = new Sender<string>(port2, { credit: 2 }); // as a rule, in another thread
  for (const word of ['one', 'two', 'three']) yield* sender.send(word);
  closePort(port2);
}

// This loop blocks its thread; it takes messages nevertheless.
createLoop(atomicsWaitModule, portModule).runSync(main);
