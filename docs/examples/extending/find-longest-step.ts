import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { EventLoop, pause, spawn } from 'escapement';
import { LongestStep } from './longest-step.js';

const clock = new VirtualClock();
const instruments = [new LongestStep(clock)];
const loop = new EventLoop({ strategy: new VirtualTimeStrategy(clock), instruments });

loop.runSync(function* () {
  yield* spawn(function* parse() {
    for (const duration of [2, 30, 1]) {
      clock.advanceTo(clock.now() + duration); // work
      yield* pause();
    }
    console.log(loop.dump());
  });
});
console.log(loop.metrics());
