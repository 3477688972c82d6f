import { type CoreEvent, type Coroutine, pause, spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Lock, type SyncEvent } from '@escapement/sync';

/** Programs with a planted bug, which the explorer's own order does not show. */

/** Tasks that only pause: the haystack. */
export function* haystack(count: number): Coroutine<void, CoreEvent> {
  for (let index = 0; index < count; index++) yield* spawn(pauses(3), { name: `hay ${index}` });
}

export function* pauses(count: number): Coroutine<void, CoreEvent> {
  for (let index = 0; index < count; index++) yield* pause();
}

/** Reads, is suspended, and writes: an update is lost if the other task reads in between. */
export function lostUpdate(hay = 0, late = 4) {
  return function* lostUpdate(run: Exploration) {
    let balance = 0;
    function* deposit(late: number): Coroutine<void, CoreEvent> {
      yield* pauses(late);
      const before = balance;
      yield* pause();
      balance = before + 1;
    }
    run.check(() => {
      if (balance !== 2) throw new Error(`lost update: the balance is ${balance}`);
    });
    yield* haystack(hay);
    yield* spawn(deposit(0), { name: 'A' });
    yield* spawn(deposit(late), { name: 'B' });
  };
}

/** Two locks, taken in opposite orders. */
export function lockOrder(hay = 0) {
  return function* lockOrder() {
    const [first, second] = [new Lock('first'), new Lock('second')];
    function* both(one: Lock, other: Lock, late: number): Coroutine<void, CoreEvent | SyncEvent> {
      yield* pauses(late);
      yield* one.with(function* () {
        yield* pause();
        yield* other.with(pauses(1));
      });
    }
    yield* haystack(hay);
    yield* spawn(both(first, second, 0), { name: 'A' });
    yield* spawn(both(second, first, 6), { name: 'B' });
  };
}
