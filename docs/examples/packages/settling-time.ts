import { readFile } from 'node:fs/promises';
import { now } from '@escapement/core';
import { resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { sleep, timeout } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { settlingTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

function* main() {
  const text = yield* timeout(1, resolved(readFile(new URL(import.meta.url), 'utf8')));
  console.log(`read ${text.length > 100 ? 'this file' : 'nothing'} at ${yield* now()} ms`);
  yield* sleep(3_600_000);
  const forgotten = new Promise<void>(() => {});
  try {
    yield* timeout(500, resolved(forgotten));
  } catch {
    console.log(`gave up at ${yield* now()} ms`);
  }
}

await createLoop(settlingTimeModule, sleepModule, promiseModule).run(main);
