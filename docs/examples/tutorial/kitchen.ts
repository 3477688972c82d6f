import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop, now, sleep, sleepModule } from 'escapement';

export const MINUTE = 60_000;

/** A loop in virtual time: it does not wait, it moves its clock. */
export const loop = createLoop(virtualTimeModule, sleepModule, syncModule);

export function minutes(count: number) {
  return sleep(count * MINUTE);
}

export function* say(text: string) {
  console.log(`${(yield* now()) / MINUTE} min  ${text}`);
}

export function* makeTea(name: string, steep: number) {
  yield* say(`${name}: pour`);
  yield* minutes(steep);
  yield* say(`${name}: ready`);
  return `a cup of ${name}`;
}
