import { pause, spawn } from '@escapement/core';
import { seededRandomModule } from '@escapement/policies/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

/** Works only if the reader is slower than the writer, as it is under first come, first served. */
function* program() {
  let config: string | undefined;
  const writer = yield* spawn(function* writer() {
    yield* pause();
    config = 'loaded';
  });
  const reader = yield* spawn(function* reader() {
    yield* pause();
    return config ?? 'missing';
  });
  yield* writer.join();
  return yield* reader.join();
}

const failed: number[] = [];
for (let seed = 0; seed < 100; seed++) {
  const found = createLoop(virtualTimeModule, seededRandomModule({ seed })).runSync(program);
  if (found === 'missing') failed.push(seed);
}
console.log(`missing under ${failed.length} of 100 seeds; to see it again: seed ${failed[0]}`);
