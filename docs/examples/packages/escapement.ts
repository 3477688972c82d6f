import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

function* cuckoo(name: string, period: number) {
  for (let call = 1; call <= 3; call++) {
    yield* sleep(period);
    console.log(`${name} ${call}`);
  }
}

const loop = createLoop(setTimeoutModule, sleepModule);
await loop.run(function* () {
  yield* spawn(cuckoo('quick', 10));
  yield* spawn(cuckoo('slow', 40));
});
