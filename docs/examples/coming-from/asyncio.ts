import { webcrypto } from 'node:crypto';
import { action, resolved } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  all,
  allSettled,
  createLoop,
  group,
  timeout as limited,
  scope,
  select,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  type TaskGroup,
  type TimeEvent,
  TimeoutError,
} from 'escapement';

// #region tasks
function* brew(tea: string, ms: number) {
  yield* sleep(ms);
  if (tea === 'mint') throw new Error('no mint');
  return `${tea} tea`;
}

function* tasks() {
  try {
    yield* scope(function* () {
      yield* spawn(brew('mint', 50));
      yield* spawn(brew('black', 60_000));
    });
  } catch (error) {
    console.log(`failed: ${(error as Error).message}`);
  }
}
// #endregion tasks

// #region gather
function* gather() {
  const cups = yield* all([brew('green', 100), brew('black', 50)]);
  console.log(cups.join(', '));

  const results = yield* allSettled([brew('mint', 50), brew('black', 100)]);
  for (const result of results) {
    if (result.state === 'succeeded') console.log(result.value);
    else console.log((result.error as Error).message);
  }
}
// #endregion gather

// #region wait
function* wait() {
  const green = yield* spawn(brew('green', 50));
  const black = yield* spawn(brew('black', 60_000));
  const first = yield* select({
    green: green.join(),
    black: black.join(),
    time: sleep(30_000),
  });
  if (first.key !== 'time') console.log(first.value);
  black.cancel();
}
// #endregion wait

// #region as-completed
function* asCompleted() {
  yield* group(function* (tasks: TaskGroup<TimeEvent>) {
    for (const task of [brew('black', 200), brew('green', 50)]) tasks.spawn(task);
    yield* tasks.completed().forEach(function* (task) {
      console.log(yield* task.join());
    });
  });
}
// #endregion as-completed

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

// #region queue
function* queue() {
  const orders = new Queue<string>({ capacity: 2 });
  const waiter = yield* spawn(
    orders.forEach(function* (tea) {
      console.log(yield* brew(tea, 10));
    }),
  );
  for (const tea of ['green', 'black', 'white']) yield* orders.put(tea);
  orders.close();
  yield* waiter.join();
  console.log('all are served');
}
// #endregion queue

// #region callbacks
function* callbacks() {
  const answer = action<string>(resolve => {
    const timer = setTimeout(resolve, 50, 'from a callback');
    return () => clearTimeout(timer);
  });
  console.log(yield* answer);

  const bytes = new TextEncoder().encode('tea');
  const digest = yield* resolved(webcrypto.subtle.digest('SHA-256', bytes));
  console.log(Buffer.from(digest).toString('hex').slice(0, 8));
}
// #endregion callbacks

// #region run
function* main() {
  yield* tasks();
  yield* gather();
  yield* wait();
  yield* asCompleted();
  yield* timeout();
  yield* queue();
  yield* callbacks();
}

await createLoop(setTimeoutModule, sleepModule, syncModule, promiseModule).run(main);
// #endregion run
