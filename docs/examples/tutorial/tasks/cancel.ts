import { ensure, shield, spawn } from 'escapement';
import { loop, makeTea, minutes, say } from '../kitchen.js';

function* washPot() {
  yield* minutes(1);
  yield* say('the pot is clean');
}

function* coolStove() {
  yield* minutes(2);
  yield* say('the stove is cold');
}

function* order() {
  yield* ensure(coolStove);
  try {
    yield* makeTea('black', 5);
  } finally {
    yield* shield(washPot);
  }
}

loop.runSync(function* kitchen() {
  const table = yield* spawn(order);
  yield* minutes(3);
  yield* say('the guest leaves');
  table.cancel('the guest has left');
});
