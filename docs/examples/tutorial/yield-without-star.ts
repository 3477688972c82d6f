import { createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';

function* makeTea() {
  yield* sleep(30);
  return 'a cup of mint';
}

function* kitchen() {
  const cup: string = yield makeTea();
  console.log(cup);
}

const loop = createLoop(setTimeoutModule, sleepModule);
try {
  // @ts-expect-error a coroutine is no event
  await loop.run(kitchen);
} catch (error) {
  console.log(`${error}`);
}
