import {
  EarliestDeadlineFirstPolicy,
  FairPolicy,
  LifoPolicy,
  PriorityPolicy,
  SeededRandomPolicy,
} from '@escapement/policies';
import {
  earliestDeadlineFirstModule,
  fairModule,
  fifoModule,
  lifoModule,
  priorityModule,
  seededRandomModule,
} from '@escapement/policies/module';
import { expect } from 'chai';
import {
  busyWaitModule,
  type Coroutine,
  createLoop,
  currentTask,
  type Duration,
  InvalidArgumentError,
  limitDeadline,
  type Pause,
  pause,
  type SchedulingPolicy,
  type Spawn,
  type SpawnOptions,
  sleep,
  spawn,
  timeout,
} from 'escapement';
import { nonsense } from '../support/bad-values.js';
import { virtualLoop } from '../support/virtual-loop.js';

/** The names in the order of the steps, of tasks that take `steps` each. */
function orderOf(policy: SchedulingPolicy, tasks: Record<string, SpawnOptions>, steps = 1): string {
  const order: string[] = [];
  const body = (name: string) =>
    function* () {
      for (let n = 1; n <= steps; n++) {
        order.push(name);
        if (n < steps) yield* pause();
      }
    };
  virtualLoop({ policy }).loop.runSync(function* () {
    for (const [name, options] of Object.entries(tasks)) yield* spawn(body(name), { name, ...options });
  });
  return order.join(' ');
}

const PLAIN = { a: {}, b: {}, c: {} };

describe('lifo', () => {
  it('runs the task that became ready last', () => {
    expect(orderOf(new LifoPolicy(), PLAIN)).to.equal('c b a');
    expect(orderOf(new LifoPolicy(), PLAIN, 2)).to.equal('c c b b a a');
  });
});

describe('priority', () => {
  it('runs the highest priority first, equal ones in the order in which they became ready', () => {
    const tasks = {
      a: {},
      b: { priority: 2 },
      c: { priority: -1.5 },
      d: { priority: 2 },
      e: {},
      f: { priority: Infinity },
    };
    expect(orderOf(new PriorityPolicy({ ageing: Infinity }), tasks, 2)).to.equal('f f b d b d a e a e c c');
  });

  it('lets a task wait for at most (q - p) * ageing + n steps', () => {
    for (const [ageing, difference, others] of [
      [1, 3, 2],
      [10, 1, 1],
      [10, 7, 5],
      [100, 2.5, 3],
    ] as const) {
      let steps = 0;
      let waited = -1;
      virtualLoop({ policy: new PriorityPolicy({ ageing }) }).loop.runSync(function* () {
        yield* spawn(
          function* () {
            waited = steps;
          },
          { priority: 1 },
        );
        const endless = function* () {
          while (waited < 0 && steps < 10_000) {
            steps++;
            yield* pause();
          }
        };
        for (let n = 0; n < others; n++) yield* spawn(endless, { priority: 1 + difference });
      });
      expect(waited, `ageing ${ageing}`).to.be.within(difference * ageing, difference * ageing + others);
    }
  });

  it('without ageing may let a task wait for ever', () => {
    let steps = 0;
    let didRun = false;
    virtualLoop({ policy: new PriorityPolicy({ ageing: Infinity }) }).loop.runSync(function* () {
      yield* spawn(
        function* () {
          didRun = true;
        },
        { priority: 1 },
      );
      yield* spawn(
        function* () {
          for (; steps < 5_000 && !didRun; steps++) yield* pause();
        },
        { priority: 1.001 },
      );
    });
    expect(steps).to.equal(5_000);
  });
});

describe('earliest-deadline-first', () => {
  it('runs the earliest deadline first, equal ones in the order in which they became ready, those without one last', () => {
    const tasks = { a: {}, b: { deadline: 50 }, c: { deadline: 20 }, d: { deadline: 50 }, e: { deadline: -5 }, f: {} };
    expect(orderOf(new EarliestDeadlineFirstPolicy(), tasks, 2)).to.equal('e e c c b d b d a f a f');
  });

  it('takes the deadline of the nearest timeout, and sees a change when the task becomes ready again', () => {
    const order: string[] = [];
    virtualLoop({ policy: new EarliestDeadlineFirstPolicy() }).loop.runSync(function* () {
      yield* spawn(function* late() {
        order.push('no deadline');
        limitDeadline(yield* currentTask(), 5);
        yield* pause();
        order.push('now the earliest');
      });
      yield* spawn(() =>
        timeout(30, function* () {
          yield* sleep(1);
          order.push('30');
          yield* pause();
          order.push('30 again');
        }),
      );
      yield* spawn(
        function* () {
          yield* sleep(1);
          order.push('20');
        },
        { deadline: 20 },
      );
    });
    expect(order).to.deep.equal(['no deadline', 'now the earliest', '20', '30', '30 again']);
  });
});

describe('fair', () => {
  /** Works in steps of `step` until `end`; counts what it gets. */
  function* worker(
    got: Record<string, number>,
    name: string,
    step: Duration,
    end: Duration,
    clock: { time: number },
  ): Coroutine<void, Pause> {
    while (clock.time < end) {
      clock.time += step;
      got[name] = (got[name] ?? 0) + step;
      yield* pause();
    }
  }

  it('divides the time by weights, however long the steps are', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    const got: Record<string, number> = {};
    loop.runSync(function* () {
      yield* spawn(worker(got, 'a', 0.5, 6000, clock), { weight: 1 });
      yield* spawn(worker(got, 'b', 7, 6000, clock), { weight: 2 });
      yield* spawn(worker(got, 'c', 2, 6000, clock), { weight: 3 });
    });
    expect(got.a).to.be.within(1000 - 8, 1000 + 8);
    expect(got.b).to.be.within(2000 - 15, 2000 + 15);
    expect(got.c).to.be.within(3000 - 22, 3000 + 22);
  });

  it('gives a group its share, however many tasks it has, at every depth', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    const got: Record<string, number> = {};
    const crowd = (name: string, tasks: number) =>
      function* () {
        for (let n = 0; n < tasks; n++) yield* spawn(worker(got, name, 1, 8000, clock));
      };
    loop.runSync(function* () {
      yield* spawn(crowd('one', 1), { weight: 2 });
      yield* spawn(crowd('fifty', 50), { weight: 1 });
      yield* spawn(
        function* () {
          yield* spawn(crowd('inner', 3), { weight: 3 });
          yield* spawn(crowd('inner crowd', 30), { weight: 1 });
        },
        { weight: 1 },
      );
    });
    expect(got.one).to.be.within(3980, 4020);
    expect(got.fifty).to.be.within(1980, 2020);
    expect(got.inner).to.be.within(1480, 1520);
    expect(got['inner crowd']).to.be.within(480, 520);
  });

  it('gives nothing for the time in which a task slept: after a long sleep it gets its share, and no more', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    const before: Record<string, number> = {};
    const after: Record<string, number> = {};
    loop.runSync(function* () {
      yield* spawn(function* () {
        yield* worker(before, 'busy', 1, 10_000, clock);
        yield* worker(after, 'busy', 1, 10_100, clock);
      });
      yield* spawn(function* () {
        yield* sleep(10_000);
        yield* worker(after, 'sleeper', 1, 10_100, clock);
      });
    });
    expect(before.busy).to.be.at.least(10_000);
    expect(after.sleeper! - after.busy!).to.be.within(-3, 3);
  });

  it('starves no task by a chain of tasks that each spawn the next', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    let links = 0;
    let turns = 0;
    function* link(): Coroutine<void, Spawn> {
      links++;
      clock.time += 0.5;
      if (links < 2000) yield* spawn(link);
    }
    loop.runSync(function* () {
      yield* spawn(function* () {
        for (; links < 2000; turns++) {
          clock.time += 1;
          yield* pause();
        }
      });
      yield* spawn(link);
      yield* spawn(link);
    });
    // Two chains and a task that takes twice as long: a third of the time for each, or one turn for four links.
    expect(turns).to.be.within(480, 520);
  });

  it('lets every task go on where the clock stands still', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    let isDone = false;
    let spins = 0;
    loop.runSync(function* () {
      yield* spawn(function* () {
        clock.time += 5;
        yield* pause();
        isDone = true;
      });
      yield* spawn(function* () {
        for (; !isDone && spins < 100_000; spins++) yield* pause();
      });
    });
    expect(spins).to.be.within(4_900, 5_100);
  });

  it('takes extreme weights as the nearest that it can count with', () => {
    const { loop, clock } = virtualLoop({ policy: new FairPolicy() });
    const got: Record<string, number> = {};
    loop.runSync(function* () {
      for (const [name, weight] of Object.entries({ tiny: 1e-300, small: 1e-4, huge: 1e300 }))
        yield* spawn(worker(got, name, 1, 1000, clock), { weight });
    });
    expect(got.tiny).to.equal(got.small);
    expect(got.huge).to.equal(1000 - 2);
  });
});

describe('seeded-random', () => {
  it('chooses each of the ready tasks with the same chance', () => {
    const firsts: Record<string, number> = { a: 0, b: 0, c: 0 };
    const RUNS = 3000;
    for (let seed = 0; seed < RUNS; seed++) firsts[orderOf(new SeededRandomPolicy({ seed }), PLAIN).charAt(0)]!++;
    // Chi-squared with two degrees of freedom exceeds 13.8 once in a thousand times.
    const expected = RUNS / 3;
    const chi = Object.values(firsts).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chi).to.be.below(13.8);
  });

  it('has a new seed each time if it is given none, and tells it', () => {
    const policy = new SeededRandomPolicy();
    expect(policy.seed).to.not.equal(new SeededRandomPolicy().seed);
    const tasks = { ...PLAIN, d: {}, e: {}, f: {} };
    expect(orderOf(new SeededRandomPolicy({ seed: policy.seed }), tasks, 3)).to.equal(orderOf(policy, tasks, 3));
  });
});

describe('the modules of the policies', () => {
  it('make loops that run under their policy', () => {
    const modules = {
      'a b c': fifoModule,
      'c b a': lifoModule,
      'b a c': priorityModule({ ageing: 5 }),
      'c a b': earliestDeadlineFirstModule,
    };
    for (const [expected, module] of Object.entries(modules)) {
      const order: string[] = [];
      const body = (name: string) =>
        function* () {
          order.push(name);
        };
      createLoop(busyWaitModule, module).runSync(function* () {
        yield* spawn(body('a'));
        yield* spawn(body('b'), { priority: 1 });
        yield* spawn(body('c'), { deadline: 5 });
      });
      expect(order.join(' ')).to.equal(expected);
    }
    for (const module of [fairModule, seededRandomModule({ seed: 3 })]) {
      const child = function* () {
        yield* pause();
        return 5;
      };
      expect(
        createLoop(busyWaitModule, module).runSync(function* () {
          return yield* (yield* spawn(child)).join();
        }),
      ).to.equal(5);
    }
  });

  it('refuse wrong options where they are written', () => {
    const numbers = { ...nonsense(), NaN: Number.NaN, text: '5' };
    for (const [what, given] of Object.entries({ ...numbers, zero: 0, negative: -1 })) {
      expect(() => priorityModule({ ageing: given as number }), what).to.throw(InvalidArgumentError, 'for `ageing`');
      expect(() => new PriorityPolicy({ ageing: given as number }), what).to.throw(InvalidArgumentError);
    }
    for (const [what, given] of Object.entries({ ...numbers, half: 0.5, negative: -1, 'too large': 2 ** 32 })) {
      expect(() => seededRandomModule({ seed: given as number }), what).to.throw(InvalidArgumentError, 'for `seed`');
    }
    for (const given of [null, 5, 'text', true]) {
      expect(() => priorityModule(given as never)).to.throw(InvalidArgumentError, 'an object of options');
      expect(() => seededRandomModule(given as never)).to.throw(InvalidArgumentError, 'an object of options');
    }
  });
});
