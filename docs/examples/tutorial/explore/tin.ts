import { strict as assert } from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Lock } from '@escapement/sync';

// #region bug
interface Tin {
  spoons: number;
}

/** Takes leaves out of the tin, and labels it anew. */
function* take(tin: Tin, spoons: number) {
  const left = tin.spoons;
  yield* pause(); // to weigh them takes a moment
  tin.spoons = left - spoons;
}

function* makeCup(tin: Tin) {
  yield* take(tin, 2);
}

function* makePot(tin: Tin) {
  yield* pause(); // warms the pot
  yield* pause(); // wipes it
  yield* take(tin, 3);
}

export function* kitchen(run?: Exploration) {
  const tin: Tin = { spoons: 10 };
  run?.check(() => assert(tin.spoons === 5, `the label says ${tin.spoons}`));
  const cooks = [yield* spawn(makeCup(tin), { name: 'cup' }), yield* spawn(makePot(tin), { name: 'pot' })];
  for (const cook of cooks) yield* cook.join();
  return tin.spoons;
}
// #endregion bug

// #region fixed
export function* repaired(run: Exploration) {
  const tin: Tin = { spoons: 10 };
  const lid = new Lock('lid');
  run.check(() => assert(tin.spoons === 5, `the label says ${tin.spoons}`));
  yield* spawn(lid.with(makeCup(tin)), { name: 'cup' });
  yield* spawn(lid.with(makePot(tin)), { name: 'pot' });
}
// #endregion fixed
