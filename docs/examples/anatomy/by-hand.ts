import { asleep } from './asleep.js';
import { blockFor } from './block-for.js';

const coroutine = asleep(100_000);
while (true) {
  const { done, value: event } = coroutine.next();
  if (done) break;
  console.log(`${event}`);
  blockFor(100);
}
console.log('done');
