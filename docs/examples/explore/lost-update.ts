import assert from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Lock } from '@escapement/sync';
import { show } from './show.js';

/** A balance in a store that takes a moment to answer. */
class Account {
  balance = 0;
  readonly lock = new Lock('account');

  *read() {
    yield* pause();
    return this.balance;
  }

  *write(balance: number) {
    yield* pause();
    this.balance = balance;
  }
}

// #region bug
function* deposit(account: Account, amount: number) {
  const balance = yield* account.read();
  yield* account.write(balance + amount);
}

/** Another deposit may come between the read and the write. */
export function* broken(run: Exploration) {
  const account = new Account();
  run.check(() => assert(account.balance === 30, `the balance is ${account.balance}`));
  yield* spawn(deposit(account, 10), { name: 'ten' });
  yield* spawn(deposit(account, 20), { name: 'twenty' });
}
// #endregion bug

/** Who deposits holds the lock from the read to the write. */
export function* fixed(run: Exploration) {
  const account = new Account();
  run.check(() => assert(account.balance === 30, `the balance is ${account.balance}`));
  yield* spawn(account.lock.with(deposit(account, 10)), { name: 'ten' });
  yield* spawn(account.lock.with(deposit(account, 20)), { name: 'twenty' });
}

await show(import.meta.url, 'lost update', broken, fixed);
