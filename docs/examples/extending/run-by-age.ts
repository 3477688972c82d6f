import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop, pause, spawn } from 'escapement';
import { ageing } from './ageing.js';

function* steps(letter: string, count: number, log: string[]) {
  for (let n = 0; n < count; n++) {
    log.push(letter);
    yield* pause();
  }
}

for (const patience of [Infinity, 3]) {
  const log: string[] = [];
  createLoop(virtualTimeModule, ageing({ patience })).runSync(function* () {
    yield* spawn(steps('b', 3, log), { name: 'background', priority: -1 });
    yield* spawn(steps('F', 12, log), { name: 'foreground', priority: 1 });
  });
  console.log(`patience ${patience}: ${log.join('')}`);
}
