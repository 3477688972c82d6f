import { moveOnAfter, timeout } from 'escapement';
import { loop, MINUTE, makeTea, say } from '../kitchen.js';

loop.runSync(function* guest() {
  const cup = yield* moveOnAfter(4 * MINUTE, makeTea('black', 5));
  yield* say(`the guest gets ${cup ?? 'a glass of water'}`);

  try {
    yield* timeout(4 * MINUTE, makeTea('green', 5));
  } catch (error) {
    yield* say(`${error}`);
  }
});
