import { busyWaitModule, createLoop, sleepModule } from 'escapement';
import { Flag } from './flag.js';

const loop = createLoop(busyWaitModule, sleepModule);
try {
  // @ts-expect-error flagModule is missing
  loop.runSync(new Flag().raised());
} catch (error) {
  console.log((error as Error).message);
}
