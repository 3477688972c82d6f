import { Deferred, Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import {
  all,
  allSettled,
  scope as coroutineScope,
  createLoop,
  select as first,
  timeout as limited,
  moveOnAfter,
  shield,
  sleep,
  sleepModule,
  spawn,
  supervise as supervisorScope,
  TimeoutError,
} from 'escapement';

// #region scope
function* brew(tea: string, ms: number) {
  yield* sleep(ms);
  if (tea === 'mint') throw new Error('no mint');
  return `${tea} tea`;
}

function* scope() {
  try {
    yield* coroutineScope(function* () {
      yield* spawn(brew('mint', 50));
      yield* spawn(brew('black', 60_000));
    });
  } catch (error) {
    console.log(`failed: ${(error as Error).message}`);
  }
}
// #endregion scope

// #region async
function* async() {
  const cups = yield* all([brew('green', 100), brew('black', 50)]);
  console.log(cups.join(', '));
}
// #endregion async

// #region supervise
function* supervise() {
  yield* supervisorScope(function* () {
    const mint = yield* spawn(brew('mint', 50));
    const black = yield* spawn(brew('black', 100));
    for (const cup of yield* allSettled([mint, black])) {
      console.log(cup.state === 'succeeded' ? cup.value : (cup.error as Error).message);
    }
  });
}
// #endregion supervise

// #region timeout
function* timeout() {
  console.log((yield* moveOnAfter(50, brew('black', 60_000))) ?? 'no tea');
  try {
    yield* limited(50, brew('black', 60_000));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('too slow');
  }
}
// #endregion timeout

// #region cleanup
function* rinse() {
  yield* sleep(10);
  console.log('the pot is rinsed');
}

function* wait() {
  try {
    yield* sleep(Infinity);
  } finally {
    yield* shield(rinse);
  }
}

function* cleanup() {
  const task = yield* spawn(wait);
  yield* sleep(20);
  task.cancel();
  yield* allSettled([task]);
}
// #endregion cleanup

// #region select
function* select() {
  const orders = new Queue<string>({ capacity: 2 });
  const stop = new Deferred<void>();
  yield* spawn(function* () {
    yield* orders.put('green');
    yield* sleep(50);
    stop.resolve();
  });
  for (;;) {
    const next = yield* first({
      order: orders.get(),
      stop: stop.wait(),
      time: sleep(1000),
    });
    if (next.key === 'stop') return;
    console.log(next.key === 'order' ? `order: ${next.value}` : 'nothing to do');
  }
}
// #endregion select

// #region test
function* main() {
  yield* scope();
  yield* async();
  yield* supervise();
  yield* timeout();
  yield* cleanup();
  yield* select();
}

createLoop(virtualTimeModule, sleepModule, syncModule).runSync(main);
// #endregion test
