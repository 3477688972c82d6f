import { type CoreEvent, type Coroutine, pause, spawn } from '@escapement/core';
import { type Exploration, explore } from '@escapement/explore';
import { Lock } from '@escapement/sync';
import { assert } from 'chai';
import { haystack, lostUpdate, pauses } from './planted.js';

/** Tasks of so many steps each, which their parent spawns in one step. */
function* tasksOf(steps: readonly number[]): Coroutine<void, CoreEvent> {
  for (const count of steps) yield* spawn(pauses(count - 1));
}

async function countAll(steps: readonly number[], preemptions: number) {
  const { summary, failure } = await explore(() => tasksOf(steps), { strategy: 'exhaustive', preemptions });
  assert.isUndefined(failure);
  assert.isTrue(summary.exhausted);
  assert.equal(summary.schedules, summary.runs, 'each run is another schedule');
  return summary.runs;
}

describe('exhaustive exploration', () => {
  it('does not say that it has tried all if it has tried some numbers of `run.random()` only', async () => {
    const sampled = await explore(
      run => {
        run.random();
        return pauses(1);
      },
      { strategy: 'exhaustive' },
    );
    assert.equal(sampled.summary.runs, 3);
    assert.isFalse(sampled.summary.exhausted);
    assert.match(
      sampled.summary.notExhausted!,
      /^Of each number of run\.random\(\) only 3 .* Write run\.choose\(count\)/,
    );
    const whole = await explore(
      run => {
        run.choose(20);
        return pauses(1);
      },
      { strategy: 'exhaustive' },
    );
    assert.equal(whole.summary.runs, 20);
    assert.isTrue(whole.summary.exhausted);
    assert.isUndefined(whole.summary.notExhausted);
  });

  it('comes to an end where a task spins until another one has done its work', async () => {
    const { summary, failure } = await explore(
      function* () {
        let busy = true;
        yield* spawn(function* () {
          while (busy) yield* pause();
        });
        yield* spawn(function* () {
          yield* pause();
          busy = false;
        });
      },
      { strategy: 'exhaustive', mostSteps: 2000 },
    );
    assert.isUndefined(failure);
    assert.isTrue(summary.exhausted);
  });

  // The orders of tasks with a, b, ... steps are (a + b + ...)! / (a! b! ...).
  for (const [steps, orders] of [
    [[1, 1], 2],
    [[2, 2], 6],
    [[3, 3], 20],
    [[1, 4], 5],
    [[1, 1, 1], 6],
    [[2, 2, 2], 90],
    [[1, 2, 3], 60],
    [[1, 1, 1, 1], 24],
    [[2, 1, 1, 1], 60],
    [[2, 2, 1, 1], 180],
  ] as const) {
    it(`plays each order once: tasks of ${steps.join(', ')} steps have ${orders}`, async () => {
      assert.equal(await countAll(steps, Infinity), orders);
    });
  }

  it('plays the orders with at most so many preemptions, and no other', async () => {
    // Without preemption, each task runs to its end: the orders of the tasks.
    assert.equal(await countAll([2, 2], 0), 2);
    assert.equal(await countAll([3, 3, 3], 0), 6);
    assert.equal(await countAll([2, 2, 2, 2], 0), 24);
    // AABB, BBAA; and with one preemption ABBA, BAAB.
    assert.equal(await countAll([2, 2], 1), 4);
    // ABAB and BABA: A is preempted after its first step, B after its first.
    assert.equal(await countAll([2, 2], 2), 6);
    // AAABBB; A|BBBAA, AA|BBBA; and the same with A and B exchanged.
    assert.equal(await countAll([3, 3], 1), 6);
  });

  it('plays each order in which four tasks get a lock, and finds that none is stuck', async () => {
    const orders = new Set<string>();
    const { summary, failure } = await explore(
      function* (run) {
        const lock = new Lock();
        const order: string[] = [];
        run.check(() => orders.add(order.join('')));
        for (const name of 'ABCD') {
          yield* spawn(function* () {
            yield* lock.with(function* () {
              order.push(name);
              yield* pause();
            });
          });
        }
      },
      { strategy: 'exhaustive', preemptions: 0 },
    );
    assert.isUndefined(failure);
    assert.isTrue(summary.exhausted);
    assert.equal(orders.size, 24);
  });

  it('tries every choice of the program, and three of its random numbers', async () => {
    const seen = new Set<string>();
    const { summary } = await explore(
      function* (run) {
        seen.add(`${run.choose(3)} ${run.random()}`);
      },
      { strategy: 'exhaustive' },
    );
    assert.isFalse(summary.exhausted);
    assert.equal(summary.runs, 9);
    assert.sameMembers([...seen], ['0 0', '0 0.5', '0 0.999', '1 0', '1 0.5', '1 0.999', '2 0', '2 0.5', '2 0.999']);
  });

  it('stops after `runs`, and then has not played all', async () => {
    const { summary } = await explore(() => tasksOf([3, 3, 3]), { strategy: 'exhaustive', runs: 7 });
    assert.deepEqual([summary.runs, summary.exhausted], [7, false]);
    assert.match(summary.notExhausted!, /more schedules than the 7 that were played\. Pass more `runs`/);
  });
});

describe('pct', () => {
  /** How often a bug shows in so many runs, and how often it has to: n tasks, k steps. */
  async function rateOf(
    depth: number,
    runs: number,
    program: (run: Exploration, hit: () => void) => Coroutine<void, CoreEvent>,
  ) {
    let hits = 0;
    let tasks = 0;
    const { summary } = await explore(
      function* (run) {
        yield* program(run, () => hits++);
      },
      { strategy: 'pct', depth, runs, seed: 20261127 },
    );
    const { trace } = (await explore(
      function* (run) {
        yield* program(run, () => {});
        throw new Error('to see how many tasks there are');
      },
      { runs: 1, shrink: false },
    ).then(({ failure }) => failure))!;
    tasks = trace.tasks.length;
    const steps = summary.steps / summary.runs;
    return { rate: hits / runs, bound: 1 / (tasks * steps ** (depth - 1)) };
  }

  it('finds a bug of depth 1 as often as 1 / n runs: one task comes before all others', async () => {
    const { rate, bound } = await rateOf(1, 1000, function* (_run, hit) {
      let isFirst = true;
      yield* haystack(4);
      yield* spawn(function* () {
        isFirst = false;
      });
      yield* spawn(function* () {
        if (isFirst) hit();
      });
    });
    assert.isAtLeast(rate, bound);
  });

  it('finds a bug of depth 2 as often as 1 / (n k) runs: one step comes between two others', async () => {
    const { rate, bound } = await rateOf(2, 2000, function* (_run, hit) {
      let state = 0;
      yield* haystack(2);
      yield* spawn(function* () {
        yield* pauses(3);
        state = 1;
        yield* pause();
        state = 2;
      });
      yield* spawn(function* () {
        yield* pauses(2);
        if (state === 1) hit();
      });
    });
    assert.isAtLeast(rate, bound);
  });

  it('finds a bug of depth 3 as often as 1 / (n k k) runs: two switches at certain steps', async () => {
    const { rate, bound } = await rateOf(3, 4000, function* (_run, hit) {
      let state = 0;
      yield* spawn(function* () {
        yield* pause();
        state = 1;
        yield* pause();
        if (state === 2) state = 3;
      });
      yield* spawn(function* () {
        yield* pause();
        if (state !== 1) return;
        state = 2;
        yield* pause();
        if (state === 3) hit();
      });
    });
    assert.isAbove(rate, 0);
    assert.isAtLeast(rate, bound);
  });

  it('finds a lost update among many tasks within 1,000 runs, for 20 seeds', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { failure } = await explore(lostUpdate(16), { strategy: 'pct', seed, shrink: false });
      assert.isDefined(failure, `seed ${seed}`);
    }
  });

  it('is fair in the end: a task that waits in a loop of pause() does not keep the others from running', async () => {
    const { failure } = await explore(
      function* () {
        let isBusy = true;
        function* waits() {
          while (isBusy) yield* pause();
        }
        yield* spawn(waits());
        yield* spawn(waits());
        yield* spawn(function* () {
          yield* pauses(3);
          isBusy = false;
        });
      },
      { strategy: 'pct', runs: 100 },
    );
    assert.isUndefined(failure);
  });
});
