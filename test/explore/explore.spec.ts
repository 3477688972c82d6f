import { type CoreEvent, type Coroutine, currentTask, DeadlockError, now, pause, spawn } from '@escapement/core';
import {
  type ChoiceKind,
  Chooser,
  type Exploration,
  explore,
  LivelockError,
  UnsettledPromiseError,
} from '@escapement/explore';
import { resolved } from '@escapement/promises';
import { sleep } from '@escapement/sleep';
import { memoryPair } from '@escapement/streams/memory';
import { Queue } from '@escapement/sync';
import { assert } from 'chai';
import { lockOrder, lostUpdate, pauses } from './planted.js';

const strategies = ['random', 'pct', 'exhaustive'] as const;

describe('explore', () => {
  for (const strategy of strategies) {
    it(`finds a lost update and a deadlock, which the first order hides: ${strategy}`, async () => {
      const lost = await explore(lostUpdate(), { strategy });
      assert.match(String(lost.failure?.error), /lost update: the balance is 1/);
      assert.isAbove(lost.failure!.run, 1);
      const deadlock = await explore(lockOrder(), { strategy });
      assert.instanceOf(deadlock.failure?.error, DeadlockError);
    });
  }

  it('passes a program that is right in every order, and says what it has seen', async () => {
    const { failure, summary } = await explore(function* () {
      yield* spawn(pauses(2), { name: 'A' });
      yield* spawn(pauses(2), { name: 'B' });
    });
    assert.isUndefined(failure);
    assert.equal(summary.runs, 1000);
    // Two tasks of three steps each: 6! / (3! 3!) orders.
    assert.equal(summary.schedules, 20);
    assert.isFalse(summary.exhausted);
    assert.match(summary.notExhausted!, /Only the strategy 'exhaustive' plays all/);
    assert.deepEqual(summary.neverReordered, []);
    assert.deepEqual(summary.neverBesideAnother, ['main']);
  });

  it('says which tasks were never reordered', async () => {
    const { summary } = await explore(
      function* () {
        const first = yield* spawn(pauses(1), { name: 'first' });
        yield* first.join();
        yield* spawn(pauses(1), { name: 'then' });
      },
      { runs: 50 },
    );
    assert.includeMembers([...summary.neverBesideAnother], ['then']);
    const second = await explore(twoTasks, { strategy: 'exhaustive', preemptions: 0, runs: 1 });
    assert.deepEqual(second.summary.neverReordered, [['A', 'B']]);

    function* twoTasks() {
      yield* spawn(pauses(1), { name: 'A' });
      yield* spawn(pauses(1), { name: 'B' });
    }
  });

  it('explores the same runs with the same seed, and others with another', async () => {
    const runOf = async (seed: number) => (await explore(lockOrder(8), { seed })).failure!.run;
    const runs = await Promise.all([1, 1, 2, 3, 4].map(runOf));
    assert.equal(runs[0], runs[1]);
    assert.isAbove(new Set(runs).size, 1);
  });

  it('fails a run that never ends, and one that throws in its check', async () => {
    const endless = await explore(
      function* () {
        for (;;) yield* pause();
      },
      { mostSteps: 500 },
    );
    assert.instanceOf(endless.failure?.error, LivelockError);
    assert.equal(endless.failure?.run, 1);
    assert.isUndefined(endless.failure?.decision);
  });

  it('takes whatever a program throws', async () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [undefined, null, 5, 'text', Object.freeze({}), proxy]) {
      const { failure } = await explore(function* () {
        yield* spawn(pauses(1));
        throw thrown;
      });
      assert.isTrue(failure!.error === thrown);
      assert.isTrue(failure!.trace.error === thrown);
      assert.isString(String(failure));
    }
  });

  it('takes a function that makes a program, and names tasks after their functions', async () => {
    const { failure } = await explore(run => {
      let count = 0;
      run.check(() => assert.equal(count, 2));
      return function* outer() {
        count++;
        yield* pause();
      };
    });
    assert.equal(failure?.trace.tasks[0]?.name, 'outer');
    assert.equal(failure?.run, 1);
  });

  it('repeats random numbers and choices of the program', async () => {
    const { failure } = await explore(function* (run) {
      yield* pause();
      if (run.choose(10) === 7 && run.random() > 0.5) throw new Error('unlucky');
    });
    assert.match(String(failure?.error), /unlucky/);
    assert.equal(failure?.decision?.kind, 'random');
    assert.deepEqual(failure?.shrunk, { deviations: 2, switches: 0, steps: 2 });
    assert.match(String(failure), /0 switches and 2 other choices, shrunk to 0 and 2\)/);
  });

  it('says which call of run.choose decides, and of which task', async () => {
    const { failure } = await explore(function* (run) {
      run.choose(10);
      yield* spawn(
        function* () {
          if (run.choose(10) === 7) throw new Error('unlucky');
        },
        { name: 'chooser' },
      );
    });
    assert.equal(failure?.decision?.what, 'run.choose() gave 7 in its call 2 of the run, by task "chooser"');
  });

  it('cancels a task that may be cancelled, after any step, and once', async () => {
    let most = 0;
    const { failure, summary } = await explore(
      function* (run) {
        let cancelled = 0;
        const queue = new Queue<number>();
        const taken: number[] = [];
        const mover = yield* spawn(
          function* mover() {
            try {
              for (;;) {
                const item = yield* queue.get();
                yield* pause();
                taken.push(item);
              }
            } finally {
              cancelled++;
            }
          },
          { daemon: true },
        );
        run.mayCancel(mover);
        run.check(() => {
          most = Math.max(most, cancelled);
          assert.equal(taken.length + queue.size, 2, 'an item was dropped');
        });
        for (let item = 0; item < 2; item++) {
          yield* queue.put(item);
          yield* pauses(4);
        }
      },
      { name: 'drop' },
    );
    assert.equal(most, 1);
    assert.match(String(failure), /an item was dropped[\s\S]*"drop" failed in run \d+ /);
    assert.isAbove(summary.schedules, 1);
  });

  it('keeps the order of sleeps, but lets others come between those that are due together', async () => {
    const ends = new Set<string>();
    const { failure } = await explore(
      function* (run) {
        const order: string[] = [];
        function* after(name: string, ms: number) {
          yield* sleep(ms);
          order.push(name);
          yield* pause();
          order.push(name.toLowerCase());
        }
        run.check(() => ends.add(order.join('')));
        yield* spawn(after('A', 1));
        yield* spawn(after('B', 1.4));
        yield* spawn(after('C', 1.5));
        yield* spawn(after('D', 9));
      },
      { runs: 600, lateness: 1 },
    );
    assert.isUndefined(failure);
    for (const order of ends) assert.match(order.replace(/[a-z]/g, ''), /^ABCD$/);
    assert.includeMembers([...ends], ['AaBbCcDd', 'ABCabcDd', 'ABbCcaDd', 'AaBCcbDd']);
  });

  it('with slow steps lets time pass while tasks are ready, so that a limit expires in the middle of their work', async () => {
    function* lease(run: Exploration) {
      let isHeld = true;
      yield* spawn(function* () {
        yield* sleep(10);
        isHeld = false;
      });
      yield* spawn(function* () {
        yield* sleep(1);
        const held = isHeld;
        yield* pauses(3);
        run.check(() => assert.equal(held, heldAtEnd, 'the lease has expired in between'));
        const heldAtEnd = isHeld;
      });
    }
    assert.isUndefined((await explore(lease)).failure);
    const { failure } = await explore(lease, { slowSteps: 20 });
    assert.match(String(failure?.error), /the lease has expired in between/);
    assert.isAtMost(failure!.shrunk.deviations, 2);
  });

  it('with no lateness ends each sleep on time', async () => {
    const instants = new Set<number>();
    await explore(
      function* () {
        yield* sleep(2.5);
        instants.add(yield* now());
      },
      { runs: 50, lateness: 0 },
    );
    assert.deepEqual([...instants], [2.5]);
  });

  it('gives latency, pieces and faults to streams in memory', async () => {
    const read = new Set<number>();
    const outcomes = new Set<string>();
    await explore(
      function* (run) {
        const [here, there] = memoryPair(run.link({ latency: 5, faults: true }));
        yield* spawn(function* () {
          try {
            yield* here.write('0123456789');
            here.end();
          } catch {}
        });
        try {
          for (;;) {
            const bytes = yield* there.read();
            if (bytes === undefined) break;
            read.add(bytes.length);
          }
          outcomes.add('end');
        } catch (error) {
          outcomes.add((error as Error).name);
        }
        outcomes.add((yield* now()) > 2 ? 'late' : 'soon');
      },
      { runs: 300 },
    );
    assert.isAbove(read.size, 3);
    assert.includeMembers([...outcomes], ['end', 'StreamResetError', 'late', 'soon']);
  });

  it('explores programs with promises, and ends one that waits for a promise that nothing settles', async () => {
    const { failure, summary } = await explore(
      function* (run) {
        let balance = 0;
        function* deposit(): Coroutine<void, CoreEvent | ReturnType<typeof resolved<void>>> {
          const before = balance;
          yield* resolved(Promise.resolve());
          balance = before + 1;
        }
        run.check(() => assert.equal(balance, 2, 'lost update'));
        yield* spawn(deposit());
        yield* spawn(deposit());
      },
      { promises: true, runs: 20 },
    );
    assert.match(String(failure?.error), /lost update/);
    assert.isAtLeast(summary.runs, 1);
    assert.isUndefined(failure?.divergence);
    const stuck = await explore(() => resolved(new Promise<void>(() => {})), {
      promises: true,
      runs: 2,
      patience: 20,
    });
    assert.instanceOf(stuck.failure?.error, UnsettledPromiseError);
  }).timeout(30_000);

  it('finds a planted race first: a strategy that changes no order is an error', async () => {
    class Lazy extends Chooser {
      override readonly alias = 'lazy';
      override choose(): number {
        return 0;
      }
    }
    const error = await explore(pauses.bind(undefined, 1), { strategy: new Lazy() }).then(
      () => undefined,
      thrown => thrown,
    );
    assert.equal(error?.code, 'ESC_EXPLORATION_BROKEN');
    assert.match(error.message, /the strategy 'lazy' did not find a planted race within 500 runs/);
  });

  it('takes a strategy of its own', async () => {
    class Backwards extends Chooser {
      override readonly alias = 'backwards';
      override choose(kind: ChoiceKind, count: number): number {
        return kind === 'preempt' || kind === 'next' ? count - 1 : 0;
      }
    }
    const { failure } = await explore(lostUpdate(0, 0), { strategy: new Backwards(), runs: 2 });
    assert.equal(failure?.run, 2);
  });

  it('ends with an error if a strategy of its own makes no valid choice', async () => {
    for (const given of [-1, 1.5, Number.NaN, 'x' as never, 1000]) {
      class Wrong extends Chooser {
        override readonly alias = 'wrong';
        override choose(): number {
          return given;
        }
      }
      const error = await explore(lostUpdate(), { strategy: new Wrong() }).catch(thrown => thrown);
      assert.equal(error.code, 'ESC_INVALID_CHOICE');
    }
  });

  it('ends with the error of a strategy of its own that throws, as the cause', async () => {
    for (const method of ['choose', 'stepStarted'] as const) {
      class Throws extends Chooser {
        override readonly alias = 'throws';
        override choose(_kind: ChoiceKind, count: number): number {
          if (method === 'choose') throw new RangeError('mine');
          return count - 1;
        }
        override stepStarted(): void {
          if (method === 'stepStarted') throw new RangeError('mine');
        }
      }
      const error = await explore(lostUpdate(), { strategy: new Throws() }).catch(thrown => thrown);
      assert.equal(error.code, 'ESC_CHOOSER_FAILED');
      assert.match(error.message, new RegExp(`the strategy 'throws' threw .*mine.* in its \`${method}\``));
      assert.match(String(error.cause), /mine/);
    }
  });

  it('says that virtual time stands still where a task spins beside one that sleeps', async () => {
    const { failure } = await explore(
      function* () {
        let busy = true;
        yield* spawn(function* () {
          yield* sleep(10);
          busy = false;
        });
        while (busy) yield* pause();
      },
      { mostSteps: 500 },
    );
    assert.match(String(failure!.error), /virtual time stands still .* Write `yield\* sleep\(1\)`/);
  });

  it('passes a run whose program was cancelled because it may be, if its checks pass', async () => {
    let cancelled = 0;
    const { failure } = await explore(
      function* (run) {
        const self = yield* currentTask();
        run.mayCancel(self);
        let isClean = true;
        run.check(() => assert.isTrue(isClean));
        try {
          isClean = false;
          yield* pauses(5);
        } finally {
          isClean = true;
          if (self.isCancelled) cancelled++;
        }
      },
      { runs: 100 },
    );
    assert.isUndefined(failure);
    assert.isAbove(cancelled, 10);
  });

  it('keeps nothing of a run for the next: ids of tasks begin at 1, and the clock at 0', async () => {
    const seen = new Set<string>();
    await explore(
      function* () {
        const task = yield* spawn(pauses(1));
        seen.add(`${task.id} ${yield* now()}`);
        yield* sleep(5);
      },
      { runs: 20 },
    );
    assert.deepEqual([...seen], ['2 0']);
  });
});
