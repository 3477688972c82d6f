// Opens connections, sends one request on each, and holds them open until it is killed.
// Arguments: port, connections. Prints `open` when all are open.
import { ioModule } from '@escapement/io';
import { atomicsWaitModule, createLoop, sleep, sleepModule } from 'escapement';
import { ask, connectTo } from './connection.js';

const [port, connections] = process.argv.slice(2).map(Number) as [number, number];
const A_DAY = 86_400_000;

await createLoop(atomicsWaitModule, ioModule, sleepModule).run(function* () {
  for (let n = 0; n < connections; n++) yield* ask(yield* connectTo(port));
  console.log('open');
  yield* sleep(A_DAY);
});
