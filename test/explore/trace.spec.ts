import { pause, spawn } from '@escapement/core';
import { explore, play, replay, stepAt, type Trace } from '@escapement/explore';
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

  it('of a run of more than 5,000 steps has all of them, so that the task that fails has its name and its lines', async () => {
    const { failure } = await explore(
      function* () {
        for (let step = 0; step < 6000; step++) yield* pause();
        yield* spawn(
          function* late() {
            yield* pause();
            throw new Error('late');
          },
          { name: 'late' },
        );
      },
      { runs: 1, shrink: false },
    );
    const { steps, tasks } = failure!.trace;
    assert.equal(steps.length, failure!.shrunk.steps);
    assert.equal(tasks.find(({ id }) => id === steps.at(-1)!.task)?.name, 'late');
    assert.match(String(failure), /6002 .* → ends/);
  });

  it('of a very long run has its end, and the text says what is left out', async () => {
    const mostSteps = 21_000;
    const { failure } = await explore(() => pauses(30_000), { runs: 1, mostSteps, shrink: false });
    const { trace } = failure!;
    assert.equal(trace.steps.length, 20_000);
    const first = trace.steps[0]!.index;
    assert.equal(trace.steps.at(-1)!.index, first + 19_999);
    assert.isAtLeast(first, 1000);
    assert.equal(stepAt(trace, mostSteps - 5)?.index, mostSteps - 5);
    assert.isUndefined(stepAt(trace, 5));
    assert.include(String(failure), `The run is longer: its first ${first} steps are not shown.`);
    assert.isString(failure!.html());
  });

  it('notes 64 of the tasks that could have run instead at most', async () => {
    const { failure } = await explore(
      function* () {
        for (let task = 0; task < 100; task++) yield* spawn(pauses(1));
        yield* pause();
        throw new Error('found');
      },
      { runs: 1 },
    );
    assert.equal(Math.max(...failure!.trace.steps.map(({ others }) => others.length)), 64);
  });
});
