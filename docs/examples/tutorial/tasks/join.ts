import { spawn } from 'escapement';
import { loop, makeTea, say } from '../kitchen.js';

loop.runSync(function* kitchen() {
  const black = yield* spawn(makeTea('black', 5));
  const green = yield* spawn(makeTea('green', 2));
  yield* say(`the guest gets ${yield* green.join()}`);
  yield* say(`the guest gets ${yield* black.join()}`);
});
