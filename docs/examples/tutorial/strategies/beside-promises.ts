import { setTimeout as later } from 'node:timers/promises';
import { resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';

const loop = createLoop(setTimeoutModule, sleepModule, promiseModule);

/** Host code: anything that returns a promise. */
async function deliverMilk() {
  await later(10);
  return 'milk';
}

function* makeTea() {
  yield* sleep(10);
  return `tea with ${yield* resolved(deliverMilk())}`;
}

console.log(await loop.spawn(makeTea));
