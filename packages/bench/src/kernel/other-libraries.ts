import { alternate } from '@escapement/lab/internal';
import { createLoop, pause, setTimeoutModule } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const SWITCHES = 1_000_000;
/** A switch of Effect takes microseconds, ... */
const EFFECT_SWITCHES = 50_000;
/** ... and one of Effection a millisecond: it waits for a timer of the host. */
const EFFECTION_SWITCHES = 50;

/** One switch through the real loop, compared with the cheapest of other libraries with structured concurrency. */
export const otherLibraries: Benchmark = {
  name: 'libraries',
  async run(rounds) {
    const loop = createLoop(setTimeoutModule);
    const anchors = [
      { name: 'Effect: yieldNow', run: await effectYields() },
      { name: 'Effection: sleep(0)', run: await effectionSleeps() },
    ];
    const ours = { name: 'pause', run: () => nanosecondsEach(SWITCHES, () => loop.run(pausing)) };
    const figures = await alternate([ours, ...anchors], { rounds });
    return anchors.map(({ name }) => ({
      what: 'a switch of one task',
      unit: 'ns',
      ours: figures.get('pause')!,
      anchor: { name, figure: figures.get(name)! },
      reach: { timesAnchor: 1 },
    }));
  },
};

function* pausing() {
  for (let n = 0; n < SWITCHES; n++) yield* pause();
}

// Loaded only here, so that they take no memory during the other benchmarks.
async function effectYields(): Promise<() => Promise<number>> {
  const Effect = await import('effect/Effect');
  const program = Effect.gen(function* () {
    for (let n = 0; n < EFFECT_SWITCHES; n++) yield* Effect.yieldNow;
  });
  return () => nanosecondsEach(EFFECT_SWITCHES, () => Effect.runPromise(program));
}

async function effectionSleeps(): Promise<() => Promise<number>> {
  const { run, sleep } = await import('effection');
  function* program() {
    for (let n = 0; n < EFFECTION_SWITCHES; n++) yield* sleep(0);
  }
  return () => nanosecondsEach(EFFECTION_SWITCHES, () => run(program));
}
