import { Lock } from '@escapement/sync';
import { spawn } from 'escapement';
import { loop, minutes } from '../kitchen.js';

const kettle = new Lock('kettle');
const pot = new Lock('pot');

function* makeTea() {
  yield* kettle.acquire();
  yield* minutes(1);
  yield* pot.acquire();
}

function* rinse() {
  yield* pot.acquire();
  yield* minutes(1);
  yield* kettle.acquire();
}

try {
  loop.runSync(function* kitchen() {
    yield* spawn(makeTea, { name: 'Ann' });
    yield* spawn(rinse, { name: 'Bob' });
  });
} catch (error) {
  console.log(`${error}`);
}
