import { alternate } from '@escapement/lab/internal';
import { type Get, type Put, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  busyWaitModule,
  type CoreEvent,
  type Coroutine,
  createLoop,
  group,
  pause,
  scope,
  select,
  spawn,
} from 'escapement';
import type { Benchmark } from './benchmark.js';
import { nanosecondsEach } from './nanoseconds-each.js';

const TIMES = 50_000;
const BRANCHES = 11;

/** The first of several events, compared with the wait for one; and tasks of a group, compared with those of a scope. */
export const selecting: Benchmark = {
  name: 'select',
  async run(rounds) {
    const loop = createLoop(busyWaitModule, syncModule);
    const timed = (program: () => Coroutine<void, Get | Put | CoreEvent>) => () =>
      nanosecondsEach(TIMES, () => loop.runSync(program));
    const figures = await alternate(
      [
        { name: 'get', run: timed(gettingReady) },
        { name: 'select', run: timed(selectingReady) },
        { name: 'waiting get', run: timed(gettingLate) },
        { name: 'waiting select', run: timed(selectingLate) },
        { name: 'eleven', run: timed(selectingOfEleven) },
        { name: 'scope', run: timed(spawningInScope) },
        { name: 'group', run: timed(spawningInGroup) },
      ],
      { rounds },
    );
    const figure = (name: string) => figures.get(name)!;
    const anchor = (name: string) => ({ name, figure: figure(name) });
    return [
      {
        what: 'select of two, the item is there',
        unit: 'ns',
        ours: figure('select'),
        anchor: { ...anchor('get'), name: 'a plain get' },
        reach: { timesAnchor: 1.5 },
      },
      {
        what: 'select of two, the item comes',
        unit: 'ns',
        ours: figure('waiting select'),
        anchor: { ...anchor('waiting get'), name: 'a plain get' },
        reach: { atMost: 1500 },
      },
      { what: `select of ${BRANCHES}, one gets ready`, unit: 'ns', ours: figure('eleven'), reach: { atMost: 3000 } },
      {
        what: 'spawn into a group, and its end',
        unit: 'ns',
        ours: figure('group'),
        anchor: { ...anchor('scope'), name: 'spawn in a scope' },
        reach: { timesAnchor: 1.1 },
      },
    ];
  },
};

function* gettingReady() {
  const queue = new Queue<number>();
  for (let n = 0; n < TIMES; n++) {
    yield* queue.put(n);
    yield* pause();
    yield* queue.get();
  }
}

function* selectingReady() {
  const [queue, stop] = [new Queue<number>(), new Queue<number>()];
  for (let n = 0; n < TIMES; n++) {
    yield* queue.put(n);
    yield* pause();
    yield* select({ item: queue.get(), stop: stop.get() });
  }
}

function* gettingLate() {
  const queue = new Queue<number>();
  yield* spawn(function* () {
    for (let n = 0; n < TIMES; n++) yield* queue.get();
  });
  yield* puttingInTurn([queue]);
}

function* selectingLate() {
  const [queue, stop] = [new Queue<number>(), new Queue<number>()];
  yield* spawn(function* () {
    for (let n = 0; n < TIMES; n++) yield* select({ item: queue.get(), stop: stop.get() });
  });
  yield* puttingInTurn([queue]);
}

function* selectingOfEleven() {
  const queues = Array.from({ length: BRANCHES }, () => new Queue<number>());
  yield* spawn(function* () {
    for (let n = 0; n < TIMES; n++) yield* select(queues.map(queue => queue.get()));
  });
  yield* puttingInTurn(queues);
}

function* puttingInTurn(queues: readonly Queue<number>[]) {
  yield* pause();
  for (let n = 0; n < TIMES; n++) {
    queues[n % queues.length]!.tryPut(n);
    yield* pause();
  }
}

function* spawningInScope() {
  yield* scope(function* () {
    for (let n = 0; n < TIMES; n++) {
      yield* spawn(brief);
      if (n % 100 === 0) yield* pause();
    }
  });
}

function* spawningInGroup() {
  yield* group(function* (tasks) {
    for (let n = 0; n < TIMES; n++) {
      tasks.spawn(brief);
      if (n % 100 === 0) yield* pause();
    }
  });
}

function* brief() {
  yield* pause();
}
