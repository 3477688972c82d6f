import { setTimeout as later } from 'node:timers/promises';
import { action, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import {
  all,
  createLoop,
  ensure,
  timeout as limited,
  map,
  scope,
  setTimeoutModule,
  sleep,
  sleepModule,
  TimeoutError,
} from 'escapement';

// #region together
function* brew(tea: string, ms: number) {
  yield* sleep(ms);
  if (tea === 'mint') throw new Error('no mint');
  return `${tea} tea`;
}

function* together() {
  const cups = yield* all([brew('green', 100), brew('black', 50)]);
  console.log(cups.join(', '));
}
// #endregion together

// #region failure
function* failure() {
  try {
    yield* all(['mint', 'black'].map((tea, n) => brew(tea, 50 + n * 60_000)));
  } catch (error) {
    console.log(`failed: ${(error as Error).message}`);
  }
}
// #endregion failure

// #region timeout
function* timeout() {
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

function* cleanup() {
  yield* scope(function* () {
    yield* ensure(rinse); // also when this task is cancelled
    console.log(yield* brew('green', 50));
  });
}
// #endregion cleanup

// #region pool
function* pool() {
  const orders = ['green', 'black', 'white', 'herbal'];
  const cups = yield* map(orders, tea => brew(tea, 20), { concurrency: 2 });
  console.log(`${cups.length} cups from two pots`);
}
// #endregion pool

// #region emitter
function* emitter() {
  const bell = new EventTarget();
  setTimeout(() => bell.dispatchEvent(new Event('ring')), 20);
  const event = yield* action<Event>(resolve => {
    bell.addEventListener('ring', resolve);
    return () => bell.removeEventListener('ring', resolve);
  });
  console.log(event.type);
}
// #endregion emitter

// #region run
function* main() {
  yield* together();
  yield* failure();
  yield* timeout();
  yield* cleanup();
  yield* pool();
  yield* emitter();
}

const loop = createLoop(setTimeoutModule, sleepModule, promiseModule);
await loop.run(main);
// #endregion run

// #region both-ways
function* stir() {
  yield* resolved(later(10)); // await a promise in a coroutine
  return 'stirred';
}

export const done: Promise<string> = loop.run(stir); // and a coroutine in async code
// #endregion both-ways
await done;
