import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promiseModule } from '@escapement/promises/module';
import { createLoop, setTimeoutModule } from 'escapement';
import { fileChanges } from './file-changes.js';

const folder = mkdtempSync(join(tmpdir(), 'watched-'));

function* main() {
  const changes = yield* fileChanges(folder);
  for (const name of ['a.txt', 'b.txt']) {
    writeFileSync(join(folder, name), 'new');
    let next = yield* changes.next();
    while (next.value !== name) next = yield* changes.next(); // a write may be reported more than once
    console.log(`${name} has changed`);
  }
}

await createLoop(setTimeoutModule, promiseModule).run(main);
rmSync(folder, { recursive: true });
