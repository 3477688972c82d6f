import { Effect, Exit, Fiber, Queue, Schedule } from 'effect';

// #region fibers
const brew = (tea, ms) =>
  Effect.gen(function* () {
    yield* Effect.sleep(ms);
    if (tea === 'mint') return yield* Effect.fail(new Error('no mint'));
    return `${tea} tea`;
  });

const fibers = Effect.gen(function* () {
  const green = yield* Effect.forkChild(brew('green', 50));
  const black = yield* Effect.forkChild(brew('black', 60_000));
  console.log(yield* Fiber.join(green));
  yield* Fiber.interrupt(black); // waits for the end
  const exit = yield* Fiber.await(black);
  console.log(`interrupted: ${Exit.hasInterrupts(exit)}`);
});
// #endregion fibers

// #region concurrency
const concurrency = Effect.gen(function* () {
  const teas = ['green', 'black', 'white'];
  const cups = yield* Effect.forEach(teas, tea => brew(tea, 20), { concurrency: 2 });
  console.log(cups.join(', '));

  // The first that succeeds, and the first that ends.
  console.log(yield* Effect.race(brew('mint', 20), brew('white', 60)));
  const first = yield* Effect.raceFirst(brew('mint', 20), brew('white', 60)).pipe(Effect.exit);
  console.log(`the first has failed: ${Exit.isFailure(first)}`);
});
// #endregion concurrency

// #region timeouts
const timeouts = Effect.gen(function* () {
  const cup = yield* brew('black', 60_000).pipe(Effect.timeoutOption(30));
  console.log(cup._tag === 'None' ? 'no tea' : cup.value);

  yield* brew('black', 60_000).pipe(
    Effect.timeout(30),
    Effect.catchTag('TimeoutError', () => Effect.sync(() => console.log('too slow'))),
  );
});
// #endregion timeouts

// #region retries
const retries = Effect.gen(function* () {
  let attempts = 0;
  const order = Effect.suspend(() => (++attempts < 3 ? Effect.fail(new Error('busy')) : Effect.succeed('taken')));
  const answer = yield* Effect.retry(order, {
    schedule: Schedule.exponential(10),
    times: 4,
  });
  console.log(`${answer} at attempt ${attempts}`);
});
// #endregion retries

// #region parameter
const forTwo = order =>
  Effect.gen(function* () {
    return `${yield* order(1)}, ${yield* order(2)}`;
  });

const parameter = Effect.gen(function* () {
  console.log(yield* forTwo(n => brew(`guest ${n}'s`, 10)));
});
// #endregion parameter

// #region resources
const open = Effect.acquireRelease(
  Effect.sync(() => {
    console.log('the shop opens');
    return { sell: tea => brew(tea, 20) };
  }),
  () => Effect.sync(() => console.log('the shop closes')),
);

const resources = Effect.scoped(
  Effect.gen(function* () {
    const shop = yield* open;
    console.log(yield* shop.sell('green'));
  }),
);
// #endregion resources

// #region queues
const queues = Effect.gen(function* () {
  const orders = yield* Queue.sliding(2);
  for (const tea of ['green', 'black', 'white']) yield* Queue.offer(orders, tea);
  yield* Queue.end(orders);
  console.log((yield* Queue.collect(orders)).join(', '));
});
// #endregion queues

// #region run
const main = Effect.gen(function* () {
  for (const part of [fibers, concurrency, timeouts, retries, parameter, resources, queues]) yield* part;
});

await Effect.runPromise(main);
// #endregion run
