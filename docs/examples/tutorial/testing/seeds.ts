import { seededRandomModule } from '@escapement/policies/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop, pause, spawn } from 'escapement';

function* kitchen() {
  let water = 'cold';
  yield* spawn(function* helper() {
    yield* pause();
    water = 'hot';
  });
  const cook = yield* spawn(function* cook() {
    yield* pause();
    return `tea with ${water} water`;
  });
  return yield* cook.join();
}

console.log(createLoop(virtualTimeModule).runSync(kitchen));
for (let seed = 1; seed <= 5; seed++) {
  const loop = createLoop(virtualTimeModule, seededRandomModule({ seed }));
  console.log(`seed ${seed}: ${loop.runSync(kitchen)}`);
}
