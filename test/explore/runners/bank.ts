import { strict as assert } from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';

/** Two deposits, of which one may be lost: it reads, pauses, and writes. */
export function* losesAnUpdate(run: Exploration) {
  let balance = 0;
  function* deposit(amount: number) {
    const before = balance;
    yield* pause();
    balance = before + amount;
  }
  run.check(() => assert.equal(balance, 20));
  yield* spawn(deposit(10), { name: 'first' });
  yield* spawn(deposit(10), { name: 'second' });
}

/** The same with no pause in between. */
export function* losesNone(run: Exploration) {
  let balance = 0;
  function* deposit(amount: number) {
    yield* pause();
    balance += amount;
  }
  run.check(() => assert.equal(balance, 20));
  yield* spawn(deposit(10), { name: 'first' });
  yield* spawn(deposit(10), { name: 'second' });
}
