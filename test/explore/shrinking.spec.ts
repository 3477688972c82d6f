import { type CoreEvent, type Coroutine, pause, spawn } from '@escapement/core';
import { type CriticalStep, explore } from '@escapement/explore';
import { assert } from 'chai';
import { lockOrder, lostUpdate, pauses } from './planted.js';

/** The text of the line that a step goes on from, in this file or in that of the planted bugs. */
function lineOf({ site }: CriticalStep): number {
  return Number(/:(\d+):\d+$/.exec(site!.where)![1]);
}

describe('a failure', () => {
  for (const strategy of ['random', 'pct'] as const) {
    it(`is shrunk to one or two switches, whatever the seed, and shows only the tasks that matter: ${strategy}`, async () => {
      for (let seed = 1; seed <= 5; seed++) {
        const { failure } = await explore(lostUpdate(10), { strategy, seed });
        assert.isAtMost(failure!.shrunk.deviations, 2);
        assert.isAtMost(failure!.shrunk.deviations, failure!.found.deviations);
        const shown = failure!.trace.tasks.filter(({ matters }) => matters).map(({ name }) => name);
        assert.deepEqual(shown, ['lostUpdate', 'A', 'B']);
      }
    });
  }

  it('names the two steps whose order alone decides: the read of one task and the write of the other', async () => {
    const { failure } = await explore(lostUpdate(6));
    const { first, second } = failure!.pair!;
    assert.sameMembers([first.task, second.task], ['A', 'B']);
    const { steps } = failure!.trace;
    assert.isBelow(first.index, second.index);
    // The reader goes on from its last pause before the read; the writer from the pause between read and write.
    assert.equal(lineOf(second) - 0, lineOf(lastOf(steps, second.task, failure!.trace.tasks)));
    assert.equal(first.stack[0], first.site);
    assert.isNotEmpty(second.stack);
  });

  it('has the coroutines of its steps, the innermost first, without those of these packages', async () => {
    const { failure } = await explore(function* outermost(run) {
      let isOpen = true;
      function* inner() {
        yield* pause();
        assert.isTrue(isOpen, 'closed');
      }
      function* outer() {
        yield* inner();
      }
      run.check(() => {});
      yield* spawn(outer(), { name: 'user' });
      yield* spawn(
        function* closes() {
          yield* pauses(2);
          isOpen = false;
        },
        { name: 'closer' },
      );
    });
    const { pair } = failure!;
    assert.deepEqual([pair!.first.task, pair!.second.task], ['closer', 'user']);
    assert.deepEqual(
      pair!.second.stack.map(({ name }) => name),
      ['inner', 'outer'],
    );
    assert.match(pair!.second.site!.where, /shrinking\.spec\.(?:ts|js):\d+:\d+$/);
  });

  it('of a deadlock has a pair, too', async () => {
    const { failure } = await explore(lockOrder(4));
    assert.sameMembers([failure!.pair!.first.task, failure!.pair!.second.task], ['A', 'B']);
    assert.isAtMost(failure!.shrunk.deviations, 3);
  });

  it('that comes in every order has no pair, and says so', async () => {
    const { failure } = await explore(function* () {
      yield* pause();
      throw new TypeError('always');
    });
    assert.equal(failure!.shrunk.deviations, 0);
    assert.isUndefined(failure!.pair);
    assert.isUndefined(failure!.decision);
  });

  it('is shrunk in a bounded number of runs, also of a long program', async () => {
    const { failure } = await explore(
      function* (run) {
        let most = 0;
        let running = 0;
        run.check(() => assert.isBelow(most, 12));
        for (let index = 0; index < 20; index++) {
          yield* spawn(function* (): Coroutine<void, CoreEvent> {
            for (let round = 0; round < 10; round++) {
              running++;
              yield* pause();
              most = Math.max(most, running);
              running--;
              yield* pause();
            }
          });
        }
      },
      { strategy: 'random' },
    );
    assert.isAtMost(failure!.plays, 3200);
    assert.isBelow(failure!.shrunk.deviations, failure!.found.deviations);
    assert.isAtMost(failure!.shrunk.deviations, 40);
  });

  it('is shrunk in a bounded time, also with very many tasks, and says so', async () => {
    // A clock of its own: a tenth of a second passes whenever it is read.
    const { now } = performance;
    let time = 0;
    performance.now = () => (time += 100);
    try {
      const { failure } = await explore(lostUpdate(20));
      assert.equal(failure!.stoppedAfter, '5 s');
      assert.match(String(failure), /Shrinking stopped after 5 s: fewer may do\./);
      assert.isBelow(failure!.plays, 100);
    } finally {
      performance.now = now;
    }
  });

  it('with `shrink: false` is told as it was found', async () => {
    const { failure } = await explore(lostUpdate(6), { shrink: false });
    assert.equal(failure!.shrunk.deviations, failure!.found.deviations);
    assert.isUndefined(failure!.pair);
  });
});

function lastOf(
  steps: readonly { readonly task: number; readonly resumedAt: readonly { name: string; where: string }[] }[],
  name: string,
  tasks: readonly { readonly id: number; readonly name: string }[],
): CriticalStep {
  const id = tasks.find(task => task.name === name)!.id;
  const step = steps.findLast(({ task }) => task === id)!;
  return { index: 0, task: name, site: step.resumedAt[0], stack: step.resumedAt };
}
