import { expect } from 'chai';
import {
  all,
  allSettled,
  any,
  type Coroutine,
  currentTask,
  forEach,
  map,
  pause,
  race,
  retry,
  type SleepFor,
  sleep,
  spawn,
  type Task,
  TaskCancelledError,
  TimeoutError,
  timeout,
  type Yieldable,
} from 'escapement';
import { ChosenOrder, randomOrder } from '../support/chosen-order.js';
import { virtualLoop } from '../support/virtual-loop.js';

const SEVEN = [10, 20, 30, 40, 50, 60, 70];
const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);
const runs = SEEDS.map(seed => ({
  seed,
  loop: () => virtualLoop({ policy: new ChosenOrder(randomOrder(seed)) }).loop,
}));

function* ten(item: number): Coroutine<number, SleepFor> {
  yield* sleep(10);
  return item;
}

function* threePauses(item: number) {
  for (let count = 0; count < 3; count++) yield* pause();
  return item;
}

function* cancelsItself(item: number) {
  if (item === 20) (yield* currentTask()).cancel('by itself');
  return item;
}

/** Cancels the task that `body` runs in, at every step that it could. */
function* cancelledAfter(steps: number, body: () => Coroutine<unknown, never>): Coroutine<Task, never> {
  const task = yield* spawn(body) as Coroutine<Task, never>;
  yield* spawn(function* () {
    for (let count = 0; count < steps; count++) yield* pause();
    task.cancel('from outside');
  }) as Coroutine<Task, never>;
  return task;
}

describe('what is cancelled throws, or is complete', () => {
  for (const concurrency of [1, 2, 3, 4, 5, 6, Infinity]) {
    it(`map and forEach in a timeout that expires with works done and works left, ${concurrency} at a time`, () => {
      for (const { loop } of runs) {
        const limit = concurrency === Infinity ? 5 : 10 * Math.ceil(7 / concurrency) - 10;
        const mapped = () => loop().runSync(timeout(limit, map(SEVEN, ten, { concurrency })));
        const done = () => loop().runSync(timeout(limit, forEach(SEVEN, ten, { concurrency })));
        expect(mapped).to.throw(TimeoutError);
        expect(done).to.throw(TimeoutError);
      }
    });
  }

  it('map whose work cancels its own task and does not wait any more', () => {
    for (const { loop } of runs) {
      expect(() => loop().runSync(map(SEVEN, cancelsItself, { concurrency: 1 }))).to.throw(TaskCancelledError);
      // All have begun, and each has a result.
      expect(loop().runSync(map(SEVEN, cancelsItself))).to.deep.equal(SEVEN);
    }
  });

  const bodies = {
    map1: () => map(SEVEN, threePauses, { concurrency: 1 }),
    map3: () => map(SEVEN, threePauses, { concurrency: 3 }),
    map: () => map(SEVEN, threePauses),
    all: () => all(SEVEN.map(threePauses)),
    allSettled: function* () {
      return (yield* allSettled(SEVEN.map(threePauses))).map(each => each.state === 'succeeded' && each.value);
    },
    raced: function* () {
      return yield* race([map(SEVEN, threePauses, { concurrency: 2 })]);
    },
    retried: () => retry(() => map(SEVEN, threePauses, { concurrency: 2 })),
  };

  for (const [name, body] of Object.entries(bodies)) {
    it(`${name}, whenever the cancellation comes, in random orders`, () => {
      const states = new Set<string>();
      for (const { seed, loop } of runs) {
        for (let steps = 0; steps < 25; steps++) {
          const { result } = loop().runSync(() => cancelledAfter(steps, body as never));
          states.add(result.state);
          const where = `in order ${seed}, cancelled after ${steps} pauses`;
          if (result.state === 'succeeded') expect(result.value, where).to.deep.equal(SEVEN);
          else expect(result, where).to.deep.equal({ state: 'cancelled', reason: 'from outside' });
        }
      }
      expect([...states].sort()).to.deep.equal(['cancelled', 'succeeded']);
    });
  }

  it('race, any and allSettled of works that cancel themselves', () => {
    function* gone(): Coroutine<string, SleepFor> {
      (yield* currentTask() as Yieldable<Task>).cancel('by itself');
      yield* sleep(1);
      return 'never';
    }
    for (const { loop } of runs) {
      expect(() => loop().runSync(race([gone, sleep(5)]))).to.throw(TaskCancelledError);
      expect(() => loop().runSync(any([gone, gone]))).to.throw(AggregateError, 'all 2 failed');
      expect(() => loop().runSync(all([gone, sleep(5)]))).to.throw(TaskCancelledError);
      const [first] = loop().runSync(allSettled([gone, sleep(5)]));
      expect(first).to.have.property('error').that.is.instanceOf(TaskCancelledError);
    }
  });
});
