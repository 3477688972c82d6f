import { spawn, supervise } from 'escapement';
import { loop, makeTea, minutes, say } from '../kitchen.js';

function* dropACup() {
  yield* minutes(1);
  throw new Error('dropped');
}

loop.runSync(function* kitchen() {
  yield* supervise(
    function* orders() {
      yield* spawn(makeTea('black', 3), { name: 'table 1' });
      yield* spawn(dropACup, { name: 'table 2' });
    },
    { ended: task => console.log(`       ${task.name} ${task.result.state}`) },
  );
  yield* say('closed');
});
