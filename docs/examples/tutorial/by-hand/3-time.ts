import { blockFor } from './block-for.js';

// #region coroutine
/** An event: happens when the clock says `until`. */
class Sleep {
  constructor(readonly until: number) {}

  *[Symbol.iterator](): Generator<Sleep, void> {
    yield this;
  }
}

const MINUTE = 20; // milliseconds: a quick kitchen
const opening = performance.now();

function* makeTea(name: string, minute: number) {
  console.log(`${name}: pour`);
  yield* new Sleep(opening + minute * MINUTE);
  console.log(`${name}: serve`);
}
// #endregion coroutine

// #region loop
function run(...coroutines: Generator<Sleep, void>[]) {
  const ready = coroutines;
  const waiting: { coroutine: Generator<Sleep, void>; until: number }[] = [];
  while (true) {
    // Resume all that are ready, each up to its next event.
    for (const coroutine of ready.splice(0)) {
      const { done, value: event } = coroutine.next();
      if (!done) waiting.push({ coroutine, until: event.until });
    }
    if (waiting.length === 0) return;
    // None is ready: let time pass, up to the earliest event.
    waiting.sort((a, b) => a.until - b.until);
    blockFor(waiting[0]!.until - performance.now());
    // Whose event has happened? They are ready again.
    while (waiting.length > 0 && waiting[0]!.until <= performance.now()) ready.push(waiting.shift()!.coroutine);
  }
}
// #endregion loop

// #region main
run(makeTea('black', 5), makeTea('green', 2), makeTea('mint', 5));
console.log(`5 + 2 + 5 minutes took ${((performance.now() - opening) / MINUTE).toFixed(1)}`);
// #endregion main
