import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

function* count(name: string) {
  for (let n = 1; n <= 3; n++) {
    yield* sleep(20);
    console.log(`${name} ${n}`);
  }
}

function* main() {
  yield* spawn(count('tick'));
  yield* spawn(count('tock'));
}

const loop = createLoop(setTimeoutModule, sleepModule);
await loop.run(main);
console.log('done');
