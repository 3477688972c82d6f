import { strict as assert } from 'node:assert';
import { pause, spawn } from '@escapement/core';
import { schedules } from '@escapement/explore/fast-check';
import fc from 'fast-check';

await fc.assert(
  fc.asyncProperty(fc.array(fc.nat()), schedules(), (amounts, schedule) =>
    schedule.run(function* (run) {
      let balance = 0;
      function* deposit(amount: number) {
        yield* pause();
        balance += amount;
      }
      const sum = amounts.reduce((total, amount) => total + amount, 0);
      run.check(() => assert.equal(balance, sum));
      for (const amount of amounts) yield* spawn(deposit(amount));
    }),
  ),
);
