import { alternate } from '@escapement/lab/internal';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { EventLoop, every, SleepHandler } from 'escapement';
import type { Benchmark } from './benchmark.js';

/** An hour of a metronome of 1 kHz. */
const TICKS = 3_600_000;

/** How long an hour takes in virtual time. A day shall take a minute at most. */
export const virtualTime: Benchmark = {
  name: 'virtual-time',
  async run(rounds) {
    const figures = await alternate([{ name: 'hour', run: millisecondsOfAnHour }], { rounds });
    const what = 'an hour of a 1 kHz metronome in virtual time';
    return [{ what, unit: 'ms', ours: figures.get('hour')!, reach: { atMost: 60_000 / 24 } }];
  },
};

function millisecondsOfAnHour(): number {
  const began = performance.now();
  const strategy = new VirtualTimeStrategy(new VirtualClock());
  new EventLoop({ strategy, handlers: [new SleepHandler(strategy.clock)] }).runSync(metronome);
  return performance.now() - began;
}

function* metronome() {
  const tick = every(1);
  for (let n = 0; n < TICKS; n++) yield* tick;
}
