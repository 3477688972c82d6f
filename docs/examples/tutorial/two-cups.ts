import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

function* steep(minutes: number) {
  for (let minute = 1; minute <= minutes; minute++) yield* sleep(20);
}

function* makeTea(name: string, minutes: number) {
  console.log(`${name}: water on`);
  yield* steep(minutes);
  console.log(`${name}: ready`);
}

function* kitchen() {
  yield* spawn(makeTea('black', 3));
  yield* spawn(makeTea('green', 1));
  console.log('both are on');
}

await createLoop(setTimeoutModule, sleepModule).run(kitchen);
console.log('both are served');
