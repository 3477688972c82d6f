import { busyWaitModule, createLoop, DeadlockError, spawn } from 'escapement';
import { Flag, flagModule } from './flag.js';

function* main() {
  const door = new Flag();
  yield* spawn(door.raised(), { name: 'guest' });
}

try {
  createLoop(busyWaitModule, flagModule).runSync(main);
} catch (error) {
  if (!(error instanceof DeadlockError)) throw error;
  console.log(error.message);
}
