import { Queue } from '@escapement/sync';
import { spawn } from 'escapement';
import { loop, makeTea, minutes, say } from '../kitchen.js';

const orders = new Queue<string>({ capacity: 2, name: 'orders' });

function* cook() {
  yield* orders.forEach(function* (tea) {
    yield* makeTea(tea, 3);
  });
  yield* say('the cook goes home');
}

loop.runSync(function* guests() {
  yield* spawn(cook);
  for (const tea of ['black', 'green', 'mint', 'white']) {
    yield* orders.put(tea);
    yield* say(`${tea} is ordered`);
    yield* minutes(1);
  }
  orders.close();
});
