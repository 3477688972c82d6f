import { strict as assert } from 'node:assert';
import { pause, spawn } from '@escapement/core';
import { type Exploration, explore } from '@escapement/explore';

/** The tin of leaves. To look into it and to label it anew take a moment each. */
class Tin {
  spoons = 10;

  *count() {
    yield* pause();
    return this.spoons;
  }

  *label(spoons: number) {
    yield* pause();
    this.spoons = spoons;
  }
}

// #region bug
function* makeTea(tin: Tin, spoons: number) {
  const left = yield* tin.count();
  yield* tin.label(left - spoons);
}

function* kitchen(run: Exploration) {
  const tin = new Tin();
  run.check(() => assert(tin.spoons === 5, `the label says ${tin.spoons} spoons`));
  yield* spawn(makeTea(tin, 2), { name: 'cup' });
  yield* spawn(makeTea(tin, 3), { name: 'pot' });
}

const { failure } = await explore(kitchen, { name: 'stock' });
console.log(`${failure}`);
// #endregion bug
