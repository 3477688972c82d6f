import { alternate } from '@escapement/lab/internal';
import { createLoop, moveOnAfter, pause, race, setTimeoutModule, sleepModule, timeout } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 20_000;
const LIMIT = 30_000;

/** Limits that do not expire, and a race of two, each compared with a timer in a `Promise.race`. */
export const limiting: Benchmark = {
  name: 'timeout',
  async run(rounds) {
    const loop = createLoop(setTimeoutModule, sleepModule);
    const figures = await alternate(
      [
        { name: 'timeout', run: () => nanosecondsEach(TIMES, () => loop.run(limitOften)) },
        { name: 'moveOnAfter', run: () => nanosecondsEach(TIMES, () => loop.run(moveOnOften)) },
        { name: 'timer', run: () => nanosecondsEach(TIMES, limitPromisesOften) },
        { name: 'race', run: () => nanosecondsEach(TIMES, () => loop.run(raceOften)) },
      ],
      { rounds },
    );
    const anchor = { name: 'Promise.race with a timer', figure: figures.get('timer')! };
    const [ours, moveOn, race] = [figures.get('timeout')!, figures.get('moveOnAfter')!, figures.get('race')!];
    return [
      { what: 'a timeout around a pause', unit: 'ns', ours, anchor, reach: { atMost: 2_000 } },
      { what: 'a moveOnAfter around a pause', unit: 'ns', ours: moveOn, anchor, reach: { atMost: 2_000 } },
      { what: 'a race of two pauses', unit: 'ns', ours: race, anchor, reach: { atMost: 2_500 } },
    ];
  },
};

function* limitOften() {
  for (let n = 0; n < TIMES; n++) yield* timeout(LIMIT, pause());
}

function* moveOnOften() {
  for (let n = 0; n < TIMES; n++) yield* moveOnAfter(LIMIT, pause());
}

function* raceOften() {
  for (let n = 0; n < TIMES; n++) yield* race([pause(), pause()]);
}

async function limitPromisesOften(): Promise<void> {
  for (let n = 0; n < TIMES; n++) {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('too late')), LIMIT);
    });
    await Promise.race([Promise.resolve(), limit]);
    clearTimeout(timer);
  }
}
