import { EventLoop } from '@escapement/core';
import { sleep, type TimeEvent } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { atomicsWaitModule } from '@escapement/strategies/module';
import { createLoop, loopModule } from '@escapement/wiring';
import { Container } from 'inversify';

function* nap() {
  yield* sleep(5);
  return 'rested';
}

// Without `sleepModule` this does not compile: no module would handle the event of `sleep`.
console.log(createLoop(atomicsWaitModule, sleepModule).runSync(nap));

// The same with a container of your own.
const container = new Container();
container.load(loopModule, atomicsWaitModule, sleepModule);
console.log(container.get<EventLoop<TimeEvent>>(EventLoop).runSync(nap));
