import { alternate, type Candidate } from '@escapement/lab/internal';
import { type Call, type Coroutine, call, createLoop, type Pause, pause, setTimeoutModule } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const RESUMES = 100_000;

/** A resume of a deep stack of coroutines: it passes through every level of `yield*`, but not of `call`. */
export const deepStacks: Benchmark = {
  name: 'deep',
  async run(rounds) {
    const figures = await alternate(candidates(), { rounds });
    const shallow = { name: 'call, depth 10', figure: figures.get('call, depth 10')! };
    const walked = { name: 'yield*, depth 100', figure: figures.get('yield*, depth 100')! };
    const ours = figures.get('call, depth 100')!;
    const what = 'a resume through call, depth 100';
    return [
      { what, unit: 'ns', ours, anchor: shallow, reach: { timesAnchor: 1.1 } },
      { what, unit: 'ns', ours, anchor: walked, reach: { timesAnchor: 0.25 } },
    ];
  },
};

function candidates(): Candidate[] {
  const loop = createLoop(setTimeoutModule);
  const resumes = (name: string, program: () => Coroutine<void, Call | Pause>): Candidate => ({
    name,
    run: () => nanosecondsEach(RESUMES, () => loop.run(program)),
  });
  return [
    resumes('call, depth 10', () => called(10)),
    resumes('call, depth 100', () => called(100)),
    resumes('yield*, depth 100', () => nested(100)),
  ];
}

function* called(depth: number): Coroutine<void, Call | Pause> {
  if (depth > 0) yield* call(called, depth - 1);
  else for (let n = 0; n < RESUMES; n++) yield* pause();
}

function* nested(depth: number): Coroutine<void, Pause> {
  if (depth > 0) yield* nested(depth - 1);
  else for (let n = 0; n < RESUMES; n++) yield* pause();
}
