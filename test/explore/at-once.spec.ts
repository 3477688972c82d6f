import { type CoreEvent, type Coroutine, LoopEvent, pause } from '@escapement/core';
import { explore, play, replay } from '@escapement/explore';
import { resolved } from '@escapement/promises';
import { assert } from 'chai';
import { lostUpdate } from './planted.js';

const patched = () => [
  Math.random,
  Date,
  Date.now,
  performance.now,
  process.hrtime,
  process.hrtime.bigint,
  setTimeout,
  Error.stackTraceLimit,
  LoopEvent.prototype[Symbol.iterator],
];

describe('explorations at the same time', () => {
  for (const promises of [false, true]) {
    it(`leave nothing replaced in the process, and find what one alone finds: promises ${promises}`, async () => {
      const before = patched();
      const alone = await explore(lostUpdate(), { promises, runs: 100 });
      const found = await Promise.all([1, 1, 1].map(seed => explore(lostUpdate(), { promises, seed, runs: 100 })));
      assert.deepEqual(patched(), before);
      for (const { failure } of found) {
        assert.equal(failure?.token, alone.failure!.token);
        assert.deepEqual(failure!.trace.steps, alone.failure!.trace.steps);
      }
    });
  }

  it('let other code of the process see nothing of their watch, also while they wait for promises', async () => {
    const before = patched();
    let isSame = true;
    let goesOn = true;
    const look = () => {
      isSame &&= patched().every((each, index) => each === before[index]);
      if (goesOn) setImmediate(look);
    };
    look();
    const { failure } = await explore(
      function* () {
        for (let round = 0; round < 3; round++) yield* resolved(new Promise<void>(done => setImmediate(done)));
        throw new Error('found');
      },
      { promises: true, runs: 1 },
    );
    goesOn = false;
    assert.isTrue(isSame);
    assert.isNotEmpty(failure!.trace.steps[0]!.stoppedAt);
  });

  it('keep what the program itself replaces', async () => {
    const random = Math.random;
    try {
      const seen: unknown[] = [];
      const own = () => 0.5;
      const program = function* (): Coroutine<void, CoreEvent> {
        Math.random = own;
        yield* pause();
        seen.push(Math.random());
      };
      await replay(program, (await play(program, [])).token);
      assert.deepEqual(seen, [0.5, 0.5, 0.5]);
      assert.equal(Math.random, own);
    } finally {
      Math.random = random;
    }
  });

  it('name `Date()` and `process.hrtime`, too, which keep their properties', async () => {
    let runs = 0;
    function* program(): Coroutine<void, CoreEvent> {
      Date();
      process.hrtime();
      process.hrtime.bigint();
      for (let left = ++runs; left > 0; left--) yield* pause();
    }
    const { divergence } = await replay(program, (await play(program, [])).token);
    assert.deepEqual(
      divergence!.calls.map(({ what }) => what),
      ['Date()', 'process.hrtime', 'process.hrtime.bigint'],
    );
  });
});
