import { Queue, Signal } from '@escapement/sync';
import { select, spawn } from 'escapement';
import { loop, minutes, say } from '../kitchen.js';

const orders = new Queue<string>({ name: 'orders' });
const closing = new Signal('closing');

function* cook() {
  for (;;) {
    const first = yield* select({ closing: closing.wait(), order: orders.get(), idle: minutes(5) });
    if (first.key === 'order') yield* say(`makes ${first.value}`);
    else if (first.key === 'idle') yield* say('wipes the counter');
    else return;
  }
}

loop.runSync(function* guests() {
  yield* spawn(cook);
  yield* minutes(2);
  yield* orders.put('black tea');
  yield* minutes(8);
  yield* orders.put('green tea');
  yield* minutes(1);
  closing.set();
});
