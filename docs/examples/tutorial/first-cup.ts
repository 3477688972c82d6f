import { createLoop, setTimeoutModule, sleep, sleepModule } from 'escapement';

function* makeTea(name: string) {
  console.log(`${name}: water on`);
  yield* sleep(30); // milliseconds: a quick kitchen
  console.log(`${name}: ready`);
  return `a cup of ${name}`;
}

const loop = createLoop(setTimeoutModule, sleepModule);
const cup = await loop.run(makeTea('mint'));
console.log(`served ${cup}`);
