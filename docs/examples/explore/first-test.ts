import { strict as assert } from 'node:assert';
import { it } from 'node:test';
import { pause, spawn } from '@escapement/core';
import { explored } from '@escapement/explore';

it(
  'loses no deposit',
  explored(
    function* (run) {
      let balance = 0;
      function* deposit(amount: number) {
        yield* pause();
        balance += amount;
      }
      run.check(() => assert.equal(balance, 30));
      yield* spawn(deposit(10), { name: 'ten' });
      yield* spawn(deposit(20), { name: 'twenty' });
    },
    { runs: 500 },
  ),
);
