import { select } from '@escapement/combinators';
import { type CoreEvent, type Coroutine, call, EventLoop, now, pause, spawn } from '@escapement/core';
import { EndlessStepError, type Exploration, explore, play, replay } from '@escapement/explore';
import { sleep } from '@escapement/sleep';
import { Deferred, Lock, Queue } from '@escapement/sync';
import { VirtualClock, VirtualTimeStrategy } from '@escapement/virtual-time';
import { assert } from 'chai';

function* twice(): Coroutine<void, CoreEvent> {
  yield* now();
  yield* now();
}

function* nothing(): Coroutine<void, CoreEvent> {}

/** None of these takes a second step. */
const endless = {
  *'an event of the loop'() {
    for (;;) yield* now();
  },
  *'an event that is yielded barely'() {
    for (;;) yield now();
  },
  *'nested coroutines'() {
    for (;;) yield* twice();
  },
  *calls() {
    for (;;) yield* call(twice);
  },
  *'calls of nothing'() {
    for (;;) yield* call(nothing);
  },
  *'a lock that is free'() {
    const lock = new Lock();
    for (;;) {
      yield* lock.acquire();
      lock.release();
    }
  },
  *'a queue that is neither full nor empty'() {
    const queue = new Queue<number>();
    for (;;) {
      yield* queue.put(1);
      yield* queue.get();
    }
  },
  *'a select that is ready'() {
    const deferred = new Deferred<number>();
    deferred.resolve(1);
    for (;;) yield* select({ deferred: deferred.wait(), time: sleep(1) });
  },
  *'a join of a task that has ended'() {
    const task = yield* spawn(nothing);
    yield* pause();
    for (;;) yield* task;
  },
  *spawns() {
    for (;;) yield* spawn(nothing);
  },
  *'a loop that catches all'() {
    for (;;) {
      try {
        yield* now();
      } catch {}
    }
  },
  *'a loop in a clean-up'() {
    try {
      for (;;) yield* now();
    } finally {
      for (;;) yield* now();
    }
  },
  *'generators that are resumed by hand'() {
    for (;;) {
      const coroutine = twice();
      for (let step = coroutine.next(); !step.done; step = coroutine.next()) yield step.value as never;
    }
  },
};

describe('a step without end', () => {
  for (const [what, program] of Object.entries(endless)) {
    it(`fails its run, and does not hang the exploration: ${what}`, async () => {
      const { error } = await play(program as () => Coroutine<never, CoreEvent>, []);
      assert.instanceOf(error, EndlessStepError);
      assert.match((error as Error).message, /^task ".*" had more than 100000 events in one step/);
    });
  }

  it('is named with its task, its line, its last event and the likely repair', async () => {
    const { failure } = await explore(
      function* () {
        yield* spawn(endless['nested coroutines'], { name: 'greedy' });
      },
      { promises: true },
    );
    const text = String(failure);
    assert.match(text, /task "greedy" had more than 100000 events in one step, the last Now\(\) at twice/);
    assert.match(text, /at twice \(.*endless-steps\.spec\.[jt]s:\d+:\d+\), expected .*yield\* pause\(\)/);
    assert.match(text, /starts ←0 → line \d+: StepCutOff\(\)/);
  });

  it('fails in one order only', async () => {
    const { failure } = await explore(function* () {
      let isReady = false;
      yield* spawn(function* greedy() {
        while (!isReady) yield* now();
      });
      yield* spawn(function* setter() {
        isReady = true;
      });
      yield* pause();
    });
    assert.instanceOf(failure?.error, EndlessStepError);
    const { error, hasFailed } = await replay(function* () {
      yield* now();
    }, failure!.token);
    assert.isFalse(hasFailed, String(error));
  });

  it('fails its run also if it only makes choices', async () => {
    const choices: Record<string, (run: Exploration) => unknown> = {
      random: run => run.random(),
      choose: run => run.choose(3),
    };
    for (const [kind, choose] of Object.entries(choices)) {
      const { error } = await play(function* greedy(run) {
        while (choose(run) === 0);
      }, []);
      assert.instanceOf(error, EndlessStepError);
      assert.include(
        (error as Error).message,
        `task "greedy" had more than 100000 choices in one step, the last of kind '${kind}'`,
      );
    }
  });

  it('may be as long as `mostSteps` says, and other steps begin to count anew', async () => {
    function* busy(events: number): Coroutine<void, CoreEvent> {
      for (let n = 0; n < events; n++) yield* now();
    }
    const twoSteps = function* () {
      yield* busy(99_999);
      yield* pause();
      yield* busy(99_999);
    };
    assert.isFalse((await play(twoSteps, [])).hasFailed);
    assert.isTrue((await play(() => busy(100_001), [])).hasFailed);
    assert.isFalse((await play(() => busy(100_001), [], { mostSteps: 200_000 })).hasFailed);
  });

  it('is not looked for in other loops', async () => {
    await play(endless['an event of the loop'], []);
    let events = 0;
    new EventLoop({ strategy: new VirtualTimeStrategy(new VirtualClock()) }).runSync(function* () {
      for (; events < 200_000; events++) yield* now();
    });
    assert.equal(events, 200_000);
  });
});
