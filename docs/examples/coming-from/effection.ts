import { action } from '@escapement/promises';
import { promiseModule } from '@escapement/promises/module';
import { Queue } from '@escapement/sync';
import { syncModule } from '@escapement/sync/module';
import {
  all,
  ContextKey,
  createLoop,
  ensure,
  getContext,
  race,
  scope,
  setTimeoutModule,
  sleep,
  sleepModule,
  spawn,
  withContext,
} from 'escapement';

// #region tasks
function* brew(tea: string, ms: number) {
  try {
    yield* sleep(ms);
    if (tea === 'mint') throw new Error('no mint');
    return `${tea} tea`;
  } finally {
    if (ms > 1000) console.log(`${tea} is thrown away`);
  }
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

// #region halt
function* halt() {
  const task = yield* spawn(brew('white', 60_000));
  yield* sleep(20);
  task.cancel();
}
// #endregion halt

// #region combinators
function* combinators() {
  const cups = yield* all([brew('green', 40), brew('white', 20)]);
  console.log(cups.join(', '));
  console.log(yield* race([brew('green', 20), brew('oolong', 500)]));
}
// #endregion combinators

// #region cleanup
function* cleanup() {
  yield* scope(function* () {
    yield* ensure(function* () {
      yield* sleep(10);
      console.log('the pot is rinsed');
    });
    console.log(yield* brew('green', 20));
  });
}
// #endregion cleanup

// #region resource
function* shop() {
  console.log('the shop opens');
  yield* ensure(function* () {
    console.log('the shop closes');
  });
  return { sell: (tea: string) => brew(tea, 20) };
}

function* resources() {
  yield* scope(function* () {
    const open = yield* shop();
    console.log(yield* open.sell('green'));
  });
}
// #endregion resource

// #region callbacks
function* callbacks() {
  const answer = yield* action<string>(resolve => {
    const timer = setTimeout(resolve, 20, 'from a callback');
    return () => clearTimeout(timer);
  });
  console.log(answer);
}
// #endregion callbacks

// #region queue
function* queue() {
  const orders = new Queue<string>();
  yield* spawn(function* () {
    for (const tea of ['green', 'black']) {
      yield* sleep(10);
      yield* orders.put(tea);
    }
    orders.close();
  });
  let next = yield* orders.next();
  while (!next.done) {
    console.log(next.value);
    next = yield* orders.next();
  }
}
// #endregion queue

// #region context
const Guest = new ContextKey('guest', 'nobody');

function* context() {
  yield* withContext(Guest, 'Ann', function* () {
    const task = yield* spawn(function* () {
      return yield* getContext(Guest);
    });
    console.log(yield* task.join());
  });
}
// #endregion context

// #region run
function* main() {
  yield* scope(tasks);
  yield* scope(halt);
  yield* combinators();
  yield* cleanup();
  yield* resources();
  yield* callbacks();
  yield* queue();
  yield* context();
}

const modules = [setTimeoutModule, sleepModule, syncModule, promiseModule] as const;
await createLoop(...modules).run(main);
// #endregion run
