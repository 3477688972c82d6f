import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { atomicsWaitModule, createLoop, sleep, sleepModule, spawn } from 'escapement';

const MINUTE = 20;
const counter = new Queue<string>({ name: 'counter' });

function* steep(minutes: number) {
  for (let minute = 1; minute <= minutes; minute++) yield* sleep(MINUTE);
}

function* makeTea(name: string, minutes: number) {
  console.log(`${name}: pour`);
  yield* steep(minutes);
  yield* counter.put(name);
}

function* waiter() {
  for (let n = 1; n <= 2; n++) console.log(`the waiter takes ${yield* counter.get()}`);
}

createLoop(atomicsWaitModule, sleepModule, syncModule).runSync(function* kitchen() {
  yield* spawn(waiter());
  yield* spawn(makeTea('black', 3));
  yield* spawn(makeTea('green', 1));
});
