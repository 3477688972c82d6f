import { spawn } from 'escapement';
import { loop, makeTea, minutes } from '../kitchen.js';

function* refill() {
  for (;;) yield* minutes(2);
}

loop.runSync(function* kitchen() {
  yield* spawn(refill, { daemon: true });
  yield* spawn(makeTea('black', 5), { name: 'table 1' });
  yield* spawn(makeTea('green', 2), { name: 'table 2' });
  yield* minutes(3);
  console.log(loop.dump());
});
