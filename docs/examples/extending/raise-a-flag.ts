import { busyWaitModule, createLoop, sleep, sleepModule, spawn } from 'escapement';
import { Flag, flagModule } from './flag.js';

function* guest(door: Flag) {
  console.log('guest waits at the door');
  yield* door.raised();
  console.log('guest comes in');
}

function* main() {
  const door = new Flag();
  yield* spawn(guest(door));
  yield* sleep(10);
  console.log('host opens');
  door.raise();
}

createLoop(busyWaitModule, sleepModule, flagModule).runSync(main);
