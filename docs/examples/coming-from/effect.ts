import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  allSettled,
  any,
  type Coroutine,
  createLoop,
  ensure,
  exponential,
  type LoopEvent,
  map,
  moveOnAfter,
  race,
  retry,
  scope,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  TimeoutError,
  timeout,
} from 'escapement';

// #region fibers
function* brew(tea: string, ms: number) {
  yield* sleep(ms);
  if (tea === 'mint') throw new Error('no mint');
  return `${tea} tea`;
}

function* fibers() {
  const green = yield* spawn(brew('green', 50));
  const black = yield* spawn(brew('black', 60_000), { daemon: true });
  console.log(yield* green.join());
  black.cancel();
  yield* allSettled([black]); // waits for the end
  console.log(`interrupted: ${black.result.state === 'cancelled'}`);
}
// #endregion fibers

// #region concurrency
function* concurrency() {
  const teas = ['green', 'black', 'white'];
  const cups = yield* map(teas, tea => brew(tea, 20), { concurrency: 2 });
  console.log(cups.join(', '));

  // The first that succeeds, and the first that ends.
  console.log(yield* any([brew('mint', 20), brew('white', 60)]));
  try {
    yield* race([brew('mint', 20), brew('white', 60)]);
  } catch {
    console.log('the first has failed: true');
  }
}
// #endregion concurrency

// #region timeouts
function* timeouts() {
  const cup = yield* moveOnAfter(30, brew('black', 60_000));
  console.log(cup ?? 'no tea');

  try {
    yield* timeout(30, brew('black', 60_000));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('too slow');
  }
}
// #endregion timeouts

// #region retries
function* retries() {
  let attempts = 0;
  function* order() {
    if (++attempts < 3) throw new Error('busy');
    return 'taken';
  }
  const answer = yield* retry(order, {
    backoff: exponential(10),
    attempts: 5, // the first counts, too
  });
  console.log(`${answer} at attempt ${attempts}`);
}
// #endregion retries

// #region parameter
function* forTwo<E extends LoopEvent>(order: (n: number) => Coroutine<string, E>) {
  return `${yield* order(1)}, ${yield* order(2)}`;
}

function* parameter() {
  console.log(yield* forTwo(n => brew(`guest ${n}'s`, 10)));
}
// #endregion parameter

// #region resources
function* open() {
  console.log('the shop opens');
  yield* ensure(function* () {
    console.log('the shop closes');
  });
  return { sell: (tea: string) => brew(tea, 20) };
}

function* resources() {
  yield* scope(function* () {
    const shop = yield* open();
    console.log(yield* shop.sell('green'));
  });
}
// #endregion resources

// #region queues
function* queues() {
  const orders = new Queue<string>({ capacity: 2, overflow: 'drop-oldest' });
  for (const tea of ['green', 'black', 'white']) yield* orders.put(tea);
  orders.close();
  const left: string[] = [];
  yield* orders.forEach(function* (tea) {
    left.push(tea);
  });
  console.log(left.join(', '));
}
// #endregion queues

// #region run
function* main() {
  yield* fibers();
  yield* concurrency();
  yield* timeouts();
  yield* retries();
  yield* parameter();
  yield* resources();
  yield* queues();
}

await createLoop(setTimeoutModule, sleepModule, syncModule).run(main);
// #endregion run
