import { epollModule } from '@escapement/io';
import { createLoop, sleep, sleepModule, spawn } from 'escapement';
import { Bell } from './bell.js';
import { countedIoModule } from './counted.js';

function* guest(bell: Bell) {
  yield* bell.rung();
  console.log('somebody is at the door');
}

createLoop(epollModule, countedIoModule, sleepModule).runSync(function* () {
  const bell = new Bell();
  const waiting = yield* spawn(guest(bell));
  yield* sleep(1);
  bell.ring(); // as a rule, in another thread
  yield* waiting.join();
  bell.close();
});
