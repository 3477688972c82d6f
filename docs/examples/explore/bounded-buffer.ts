import assert from 'node:assert';
import { spawn } from '@escapement/core';
import type { Exploration } from '@escapement/explore';
import { Condition, Lock } from '@escapement/sync';
import { show } from './show.js';

// #region bug
/** Holds one item. `changed` wakes one task, which may be one of the side that cannot go on: then nobody does. */
class OneForBoth {
  readonly items: number[] = [];
  protected readonly lock = new Lock('buffer');
  protected readonly roomy: Condition = new Condition(this.lock, 'changed');
  protected readonly filled: Condition = this.roomy;

  *put(item: number) {
    yield* this.lock.acquire();
    try {
      while (this.items.length === 1) yield* this.roomy.wait();
      this.items.push(item);
      this.filled.notify();
    } finally {
      this.lock.release();
    }
  }

  *take() {
    yield* this.lock.acquire();
    try {
      while (this.items.length === 0) yield* this.filled.wait();
      this.roomy.notify();
      return this.items.shift()!;
    } finally {
      this.lock.release();
    }
  }
}
// #endregion bug

/** A condition for each side: a notification reaches only those who can go on. */
class OneForEach extends OneForBoth {
  protected override readonly filled = new Condition(this.lock, 'filled');
}

/** Two who put, and two who take. */
function* meet(run: Exploration, buffer: OneForBoth) {
  const taken: number[] = [];
  run.check(() => assert(taken.toSorted().join() === '1,2,3,4'));

  function* putting(...items: number[]) {
    for (const item of items) yield* buffer.put(item);
  }
  function* taking() {
    for (let n = 0; n < 2; n++) taken.push(yield* buffer.take());
  }
  yield* spawn(taking(), { name: 'consumer A' });
  yield* spawn(putting(1, 2), { name: 'producer A' });
  yield* spawn(taking(), { name: 'consumer B' });
  yield* spawn(putting(3, 4), { name: 'producer B' });
}

export function broken(run: Exploration) {
  return meet(run, new OneForBoth());
}

export function fixed(run: Exploration) {
  return meet(run, new OneForEach());
}

await show(import.meta.url, 'broken bounded buffer', broken, fixed);
