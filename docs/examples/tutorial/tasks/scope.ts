import { scope, spawn } from 'escapement';
import { loop, makeTea, minutes, say } from '../kitchen.js';

function* fetchMilk() {
  yield* minutes(1);
  throw new Error('the milk has turned');
}

function* order() {
  yield* spawn(makeTea('black', 5));
  yield* spawn(fetchMilk);
}

loop.runSync(function* kitchen() {
  try {
    yield* scope(order);
  } catch (error) {
    yield* say(`no tea: ${(error as Error).message}`);
  }
  yield* makeTea('green', 2);
});
