import { strict as assert } from 'node:assert';
import { pause, spawn } from '@escapement/core';
import { type Exploration, explore } from '@escapement/explore';

function* twoDeposits(run: Exploration) {
  let balance = 0;
  function* deposit(amount: number) {
    const before = balance;
    yield* pause(); // as a store would that takes a moment
    balance = before + amount;
  }
  run.check(() => assert(balance === 30, `the balance is ${balance}`));
  yield* spawn(deposit(10), { name: 'ten' });
  yield* spawn(deposit(20), { name: 'twenty' });
}

const { failure } = await explore(twoDeposits, { name: 'two deposits' });
console.log(`${failure}`);
