import { fileURLToPath } from 'node:url';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, setTimeoutModule } from 'escapement';
import { fileRead } from './file-read.js';

function* main() {
  const content = yield* fileRead(fileURLToPath(import.meta.url));
  console.log(`this file finds itself: ${content.includes('finds itself')}`);
  try {
    yield* fileRead('/no/such/file');
  } catch (error) {
    console.log((error as NodeJS.ErrnoException).code);
  }
}

await createLoop(setTimeoutModule, promiseModule).run(main);
