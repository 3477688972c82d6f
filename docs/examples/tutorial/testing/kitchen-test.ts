import { strict as assert } from 'node:assert';
import { it } from 'node:test';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop, moveOnAfter, now, sleep, sleepModule } from 'escapement';

const MINUTE = 60_000;

function* makeTea(steep: number) {
  yield* sleep(steep * MINUTE);
  return 'a cup of tea';
}

function* order(steep: number) {
  return (yield* moveOnAfter(4 * MINUTE, makeTea(steep))) ?? 'a glass of water';
}

it('serves tea that is ready in time', () => {
  const loop = createLoop(virtualTimeModule, sleepModule);
  assert.equal(loop.runSync(order(4)), 'a cup of tea');
});

it('serves water to a guest who has waited four minutes', () => {
  const loop = createLoop(virtualTimeModule, sleepModule);
  loop.runSync(function* () {
    assert.equal(yield* order(5), 'a glass of water');
    assert.equal(yield* now(), 4 * MINUTE);
  });
});
