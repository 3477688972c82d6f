import { fileURLToPath } from 'node:url';
import { createLoop, setTimeoutModule } from 'escapement';
import { FileRead, fileReadModule } from './file-read.js';

function* main() {
  const content = yield* new FileRead(fileURLToPath(import.meta.url));
  console.log(`this file finds itself: ${content.includes('finds itself')}`);
  try {
    yield* new FileRead('/no/such/file');
  } catch (error) {
    console.log((error as NodeJS.ErrnoException).code);
  }
}

await createLoop(setTimeoutModule, fileReadModule).run(main);
