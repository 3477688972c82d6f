import { moveOnAfter } from 'escapement';
import { loop, MINUTE, makeTea, minutes, say } from '../kitchen.js';

loop.runSync(function* guest() {
  const cup = yield* moveOnAfter(4 * MINUTE, function* (limit) {
    yield* minutes(3);
    yield* say('a biscuit, and the guest waits four minutes more');
    limit.deadline += 4 * MINUTE;
    return yield* makeTea('black', 4);
  });
  yield* say(`the guest gets ${cup ?? 'nothing'}`);
});
