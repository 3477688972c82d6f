import assert from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Lock } from '@escapement/sync';
import { show } from './show.js';

class Account {
  readonly lock: Lock;

  constructor(
    readonly number: number,
    public balance: number,
  ) {
    this.lock = new Lock(`account ${number}`);
  }
}

// #region bug
/** Locks `first`, then `second`, and moves the money. */
function* transfer(from: Account, to: Account, amount: number, [first, second] = [from, to]) {
  yield* first.lock.acquire();
  try {
    yield* pause(); // asks the bank
    yield* second.lock.with(function* move() {
      from.balance -= amount;
      to.balance += amount;
    });
  } finally {
    first.lock.release();
  }
}
// #endregion bug

/** Each locks the account that it takes from first: two that go in opposite directions wait for each other. */
export function* broken(run: Exploration) {
  const [rent, food] = accounts(run);
  yield* spawn(transfer(rent, food, 10), { name: 'rent to food' });
  yield* spawn(transfer(food, rent, 20), { name: 'food to rent' });
}

/** All lock the account with the smaller number first. */
export function* fixed(run: Exploration) {
  const [rent, food] = accounts(run);
  yield* spawn(transfer(rent, food, 10, inOrder(rent, food)), { name: 'rent to food' });
  yield* spawn(transfer(food, rent, 20, inOrder(food, rent)), { name: 'food to rent' });
}

function inOrder(a: Account, b: Account): [Account, Account] {
  return a.number < b.number ? [a, b] : [b, a];
}

function accounts(run: Exploration): [Account, Account] {
  const [rent, food] = [new Account(1, 100), new Account(2, 100)];
  run.check(() => assert(rent.balance === 110 && food.balance === 90));
  return [rent, food];
}

await show(import.meta.url, 'lock order', broken, fixed);
