import { alternate, type Candidate } from '@escapement/lab/internal';
import { type Action, action, itemsOf, type NextItem, type Resolved, resolved, subscribe } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { type Coroutine, type CurrentTask, createLoop, setTimeoutModule } from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 10_000;
const settled = Promise.resolve(1);

/** What it costs to wait for the host: each compared with what an async function does. */
export const awaiting: Benchmark = {
  name: 'promises',
  async run(rounds) {
    const figures = await alternate(candidates(), { rounds });
    const ours = (name: string) => figures.get(name)!;
    const items = { name: 'for await', figure: ours('for await') };
    return [
      { what: 'resolved, of a settled promise', unit: 'ns', ours: ours('resolved'), reach: { atMost: 30_000 } },
      { what: 'an action that calls back at once', unit: 'ns', ours: ours('action'), reach: { atMost: 1_000 } },
      { what: 'an item that a subscription holds', unit: 'ns', ours: ours('held'), reach: { atMost: 200 } },
      {
        what: 'an item of itemsOf, 100 ahead',
        unit: 'ns',
        ours: ours('items'),
        anchor: items,
        reach: { timesAnchor: 10 },
      },
    ];
  },
};

function candidates(): Candidate[] {
  const loop = createLoop(setTimeoutModule, promiseModule);
  const each = (
    name: string,
    program: () => Coroutine<void, Resolved | Action | NextItem | CurrentTask>,
  ): Candidate => ({
    name,
    run: () => nanosecondsEach(TIMES, () => loop.run(program)),
  });
  return [
    each('resolved', waitOften),
    each('action', actOften),
    each('held', takeOften),
    each('items', iterateOften),
    { name: 'for await', run: () => nanosecondsEach(TIMES, iterateAsync) },
  ];
}

function* waitOften() {
  for (let n = 0; n < TIMES; n++) yield* resolved(settled);
}

function* actOften() {
  const event = action<void>(resolve => resolve());
  for (let n = 0; n < TIMES; n++) yield* event;
}

function* takeOften() {
  const items = yield* subscribe<number>(
    emit => {
      for (let n = 0; n < TIMES; n++) emit(n);
      return () => {};
    },
    { capacity: TIMES },
  );
  for (let n = 0; n < TIMES; n++) yield* items.next();
}

async function* numbers() {
  for (let n = 0; n < TIMES; n++) yield n;
}

function* iterateOften() {
  const items = yield* itemsOf(numbers(), { capacity: 100 });
  for (let n = 0; n < TIMES; n++) yield* items.next();
}

async function iterateAsync(): Promise<void> {
  for await (const _ of numbers());
}
