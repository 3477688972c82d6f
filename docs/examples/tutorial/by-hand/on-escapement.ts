import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { atomicsWaitModule, createLoop, sleep, sleepModule, spawn } from 'escapement';

const MINUTE = 20;
const shelf = new Queue<string>({ name: 'shelf' });

function* steep(minutes: number) {
  for (let minute = 1; minute <= minutes; minute++) yield* sleep(MINUTE);
}

function* makeTea(name: string, minutes: number) {
  console.log(`${name}: pour`);
  yield* steep(minutes);
  yield* shelf.put(name);
}

function* guest() {
  for (let n = 1; n <= 2; n++) console.log(`the guest takes ${yield* shelf.get()}`);
}

createLoop(atomicsWaitModule, sleepModule, syncModule).runSync(function* kitchen() {
  yield* spawn(guest());
  yield* spawn(makeTea('black', 3));
  yield* spawn(makeTea('green', 1));
});
