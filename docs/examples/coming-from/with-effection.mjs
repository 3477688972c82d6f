import {
  action,
  all,
  createContext,
  createQueue,
  ensure,
  main,
  race,
  resource,
  scoped,
  sleep,
  spawn,
  suspend,
} from 'effection';

// #region tasks
function* brew(tea, ms) {
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
    yield* scoped(function* () {
      yield* spawn(() => brew('mint', 50));
      yield* spawn(() => brew('black', 60_000));
      yield* suspend();
    });
  } catch (error) {
    console.log(`failed: ${error.message}`);
  }
}
// #endregion tasks

// #region halt
function* halt() {
  const task = yield* spawn(() => brew('white', 60_000));
  yield* sleep(20);
  yield* task.halt();
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
  yield* scoped(function* () {
    yield* ensure(function* () {
      yield* sleep(10);
      console.log('the pot is rinsed');
    });
    console.log(yield* brew('green', 20));
  });
}
// #endregion cleanup

// #region resource
const shop = resource(function* (provide) {
  console.log('the shop opens');
  try {
    yield* provide({ sell: tea => brew(tea, 20) });
  } finally {
    console.log('the shop closes');
  }
});

function* resources() {
  yield* scoped(function* () {
    const open = yield* shop;
    console.log(yield* open.sell('green'));
  });
}
// #endregion resource

// #region callbacks
function* callbacks() {
  const answer = yield* action(resolve => {
    const timer = setTimeout(resolve, 20, 'from a callback');
    return () => clearTimeout(timer);
  });
  console.log(answer);
}
// #endregion callbacks

// #region queue
function* queue() {
  const orders = createQueue();
  yield* spawn(function* () {
    for (const tea of ['green', 'black']) {
      yield* sleep(10);
      orders.add(tea);
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
const Guest = createContext('guest', 'nobody');

function* context() {
  yield* Guest.with('Ann', function* () {
    const task = yield* spawn(function* () {
      return yield* Guest.expect();
    });
    console.log(yield* task);
  });
}
// #endregion context

// #region run
await main(function* () {
  for (const part of [tasks, halt, combinators, cleanup, resources, callbacks, queue, context]) {
    yield* part();
  }
});
// #endregion run
