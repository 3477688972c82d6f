import { moveOnAfter, sleep, timeout } from '@escapement/sleep';
import { sleepModule } from '@escapement/sleep/module';
import { virtualTimeModule } from '@escapement/virtual-time/module';
import { createLoop } from '@escapement/wiring';

function* answerAfter(ms: number) {
  yield* sleep(ms);
  return 'fresh';
}

createLoop(virtualTimeModule, sleepModule).runSync(function* () {
  // A fallback instead of an error.
  console.log((yield* moveOnAfter(50, answerAfter(20))) ?? 'cached');
  console.log((yield* moveOnAfter(50, answerAfter(80))) ?? 'cached');

  // A limit on the silence between chunks, not on their sum.
  let received = 0;
  yield* moveOnAfter(30, function* (limit) {
    for (const gap of [20, 20, 20, 40]) {
      yield* sleep(gap);
      received++;
      limit.deadline += gap;
    }
  });
  console.log(`${received} chunks, then silence`);

  // An error, and time that is granted on the way.
  yield* timeout(10, function* (limit) {
    limit.deadline = Infinity;
    yield* sleep(1000);
  });
});
