import { EventLoop, type LoopWarning, pause, spawn } from '@escapement/core';
import { LifoPolicy, ReadyWatch } from '@escapement/policies';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';

const clock = new VirtualClock();
const loop = new EventLoop({
  strategy: new VirtualTimeStrategy(clock),
  policy: new LifoPolicy(),
  instruments: [
    new ReadyWatch(clock, { bound: 50 }),
    { warned: ({ code, message }: LoopWarning) => console.log(`${code}: ${message.split('. ')[0]}`) },
  ],
});

loop.runSync(function* () {
  yield* spawn(pause(), { name: 'patient' });
  yield* spawn(function* greedy() {
    for (let n = 0; n < 100; n++) {
      clock.advanceTo(clock.now() + 1);
      yield* pause(); // under `lifo` it is the newest again, and runs on
    }
  });
});
