import { createLoop, setTimeoutModule, sleep } from 'escapement';

function* makeTea() {
  yield* sleep(30);
}

const loop = createLoop(setTimeoutModule); // no sleepModule
try {
  // @ts-expect-error the loop cannot handle what `sleep` yields
  await loop.run(makeTea);
} catch (error) {
  console.log(`${error}`);
}
