import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recording } from '@escapement/observe';
import { recordingModule } from '@escapement/observe/module';
import { createLoop, setTimeoutModule, sleep, sleepModule, spawn } from 'escapement';

const file = join(tmpdir(), `loop-${process.pid}.pftrace`);
const recorder = recording({
  seconds: 10,
  slowStep: 50,
  dumped(dump, reason) {
    writeFileSync(file, dump);
    console.log(`${reason}: see the last 10 seconds at https://ui.perfetto.dev`);
  },
});

const loop = createLoop(setTimeoutModule, sleepModule, recordingModule(recorder));
await loop.run(function* main() {
  yield* spawn(function* greedy() {
    yield* sleep(5);
    for (const until = performance.now() + 60; performance.now() < until; );
  });
  for (let n = 0; n < 10; n++) yield* sleep(1);
});
