import { createLoop, every, setTimeoutModule, sleepModule } from 'escapement';

function* main() {
  const ticks = every(100);
  for (let n = 0; n < 5; n++) {
    const { index, missed } = yield* ticks;
    console.log(`tick ${index}, missed ${missed}`);
  }
}

await createLoop(setTimeoutModule, sleepModule).run(main);
