import { pause, spawn } from '@escapement/core';
import { explore, play, replay, type Trace } from '@escapement/explore';
import { sleep } from '@escapement/sleep';
import { Queue } from '@escapement/sync';
import { assert } from 'chai';
import { pauses } from './planted.js';

function* program() {
  const queue = new Queue<string>();
  yield* spawn(
    function* taker() {
      yield* queue.get();
    },
    { name: 'taker' },
  );
  yield* sleep(5);
  yield* pause();
  yield* queue.put('item');
}

async function traceOf(choices: readonly number[] = []): Promise<Trace> {
  return (await replay(program, (await play(program, choices)).token)).trace;
}

describe('a trace', () => {
  it('has the tasks and their parents, and each step with its task and instant', async () => {
    const { tasks, steps } = await traceOf();
    assert.deepEqual(
      tasks.map(({ id, name, parent }) => [id, name, parent]),
      [
        [1, 'program', undefined],
        [2, 'taker', 1],
      ],
    );
    assert.deepEqual(
      steps.map(({ index, task, at }) => [index, task, at]),
      [
        [0, 1, 0],
        [1, 2, 0],
        [2, 1, 5],
        [3, 1, 5],
        [4, 2, 5],
      ],
    );
  });

  it('says why each task was ready, what woke it, and what it waits for afterwards', async () => {
    const { steps } = await traceOf();
    assert.deepEqual(
      steps.map(({ cause, wokenBy, waitsFor }) => [cause.replace(/\(.*/, ''), wokenBy, waitsFor?.replace(/\(.*/, '')]),
      [
        ['spawned', undefined, 'SleepFor'],
        ['spawned', 0, 'Get'],
        ['SleepFor', undefined, 'pause'],
        ['paused', 2, undefined],
        ['Get', 3, undefined],
      ],
    );
  });

  it('has the yield* from which each step went on, and the one at which it stopped', async () => {
    const { steps } = await traceOf();
    const stopped = steps.map(({ stoppedAt }) => stoppedAt.map(({ name }) => name));
    assert.deepEqual(stopped, [['program'], ['taker'], ['program'], [], []]);
    assert.deepEqual(steps[2]!.resumedAt, steps[0]!.stoppedAt);
    assert.deepEqual(steps[4]!.resumedAt, steps[1]!.stoppedAt);
    assert.notEqual(steps[2]!.stoppedAt[0]!.where, steps[0]!.stoppedAt[0]!.where);
  });

  it('says what else could have run', async () => {
    const { failure } = await explore(
      function* () {
        yield* spawn(pauses(1));
        yield* spawn(pauses(1));
        throw new Error('the children are cancelled');
      },
      { runs: 1 },
    );
    assert.deepEqual(
      failure!.trace.steps.map(({ task, others, cause }) => [task, others, cause]),
      [
        [1, [], 'spawned'],
        [2, [3], 'spawned'],
        [3, [], 'spawned'],
      ],
    );
  });

  it('of a very long run has its beginning', async () => {
    const { failure } = await explore(() => pauses(30_000), { runs: 1, mostSteps: 6000, shrink: false });
    assert.equal(failure!.trace.steps.length, 5000);
    assert.isAtLeast(failure!.shrunk.steps, 6000);
  });
});
