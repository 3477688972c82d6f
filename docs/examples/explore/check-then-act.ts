import assert from 'node:assert';
import { pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { show } from './show.js';

/** Takes a moment. */
function* charge(guest: string, paid: string[]) {
  yield* pause();
  paid.push(guest);
}

// #region bug
/** The seat may be gone when the money has come. */
export function* broken(run: Exploration) {
  const free = new Set(['12A']);
  const paid: string[] = [];
  run.check(() => assert(paid.length === 1, `${paid.join(' and ')} paid for one seat`));

  function* book(guest: string) {
    if (!free.has('12A')) return;
    yield* charge(guest, paid);
    free.delete('12A');
  }
  yield* spawn(book('Ada'), { name: 'Ada' });
  yield* spawn(book('Bob'), { name: 'Bob' });
}
// #endregion bug

/** Checks and takes the seat in one step, and puts it back if the charge fails. */
export function* fixed(run: Exploration) {
  const free = new Set(['12A']);
  const paid: string[] = [];
  run.check(() => assert(paid.length === 1, `${paid.join(' and ')} paid for one seat`));

  function* book(guest: string) {
    if (!free.delete('12A')) return;
    try {
      yield* charge(guest, paid);
    } catch (error) {
      free.add('12A');
      throw error;
    }
  }
  yield* spawn(book('Ada'), { name: 'Ada' });
  yield* spawn(book('Bob'), { name: 'Bob' });
}

await show(import.meta.url, 'check, then act', broken, fixed);
