import { EventLoop, pause, spawn } from '@escapement/core';
import { BusyWaitStrategy, PerformanceClock } from '@escapement/strategies';

function* count(name: string, to: number) {
  for (let n = 1; n <= to; n++) {
    console.log(name, n);
    yield* pause();
  }
  return to;
}

const loop = new EventLoop({ strategy: new BusyWaitStrategy(new PerformanceClock()) });
const sum = loop.runSync(function* () {
  const a = yield* spawn(count('a', 2));
  const b = yield* spawn(count('b', 3));
  return (yield* a.join()) + (yield* b.join());
});
console.log(sum);
