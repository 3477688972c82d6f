import { shield } from '@escapement/core';
import { main } from '@escapement/host';
import { sleep } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { atomicsWaitModule } from '@escapement/strategies/module';
import { createLoop } from '@escapement/wiring';

function* work() {
  try {
    setTimeout(() => process.kill(process.pid, 'SIGTERM'), 10); // instead of Ctrl-C
    for (;;) yield* sleep(1000);
  } finally {
    yield* shield(saveState());
  }
}

function* saveState() {
  yield* sleep(5);
  console.log('saved');
}

await main(createLoop(atomicsWaitModule, sleepModule), work);
console.log(`exit code ${process.exitCode}`);
process.exitCode = 0; // a program may say that to be stopped is no failure
